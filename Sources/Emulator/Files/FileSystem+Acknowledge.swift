package import Primitives
package import SMBWire

extension FileSystem {
    /// An oplock's or a lease's acknowledgement; leases are found by the owner's client GUID.
    package mutating func acknowledgeBreak(
        _ ticket: FileTicket,
        _ acknowledgement: OplockBreak,
        by owner: OpenOwner,
        at now: Instant,
        into effects: inout [FileEffect]
    ) {
        let verdict: Acknowledged
        switch acknowledgement {
        case .oplock(let level, let file): verdict = oplock(file, acknowledgedAt: level)
        case .leaseAcknowledgement(let key, let state):
            verdict = lease(LeaseName(client: owner.clientGUID, key: key), keeping: state)
        case .leaseNotification: verdict = .refused(.invalidParameter)
        }
        switch verdict {
        case .refused(let status): effects.append(.answered(ticket, status, .nothing))
        case .accepted(let right, let state):
            effects.append(.answered(ticket, .success, .acknowledged(acknowledgement)))
            acknowledged(right, keeping: state, at: now, into: &effects)
        }
    }

    private enum Acknowledged {
        /// The right, and what its holder keeps.
        case accepted(Int, LeaseState)
        case refused(NTStatus)
    }

    /// [MS-SMB2] 3.3.5.22.1.
    private func oplock(_ file: FileID, acknowledgedAt level: OplockLevel) -> Acknowledged {
        guard let open = index(of: file) else { return .refused(.fileClosed) }
        guard level != .lease else { return .refused(.invalidParameter) }
        guard let right = opens[open].right, rights[right].leaseName == nil,
            let broken = rights[right].breaking, level == .none || level == .levelII
        else { return .refused(.invalidOplockProtocol) }
        let kept = CachingRight.state(of: level)
        guard kept.isSubset(of: broken.target) else { return .refused(.invalidOplockProtocol) }
        return .accepted(right, kept)
    }

    /// [MS-SMB2] 3.3.5.22.2.
    private func lease(_ name: LeaseName, keeping state: LeaseState) -> Acknowledged {
        guard let right = leases[name] else { return .refused(.objectNameNotFound) }
        guard let broken = rights[right].breaking else { return .refused(.unsuccessful) }
        guard state.isSubset(of: broken.target) else { return .refused(.requestNotAccepted) }
        return .accepted(right, state)
    }
}
