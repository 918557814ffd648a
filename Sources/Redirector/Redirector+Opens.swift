internal import Primitives
internal import SMBWire

/// Opens, and the breaks of what they cache ([MS-SMB2] 3.2.5.7, 3.2.5.19).
extension Redirector {
    mutating func opened(
        _ parameters: CreateParameters,
        on tree: TreeNumber,
        _ response: CreateResponse
    ) -> OpenNumber {
        var open = Open(
            tree: trees.index(of: tree) ?? -1,
            fileID: response.fileID,
            oplock: response.oplockLevel
        )
        var isDurable = false
        for context in response.contexts {
            switch context {
            case .lease(let lease) where !lease.state.isEmpty: open.leaseKey = lease.key
            case .durableGrantedV2: isDurable = true
            default: break
            }
        }
        if isDurable, let createGUID = parameters.createGUID {
            open.durable = Open.Durable(createGUID: createGUID, parameters: parameters)
        }
        let (_, number) = opens.insert(open)
        if open.leaseKey != nil || open.oplock != .none { caching.append(number) }
        return number
    }

    /// The open is closed, or its connection gone.
    mutating func forget(_ number: OpenNumber) {
        guard let slot = opens.index(of: number) else { return }
        if opens.elements[slot].leaseKey != nil || opens.elements[slot].oplock != .none {
            caching.removeAll { $0 == number }
        }
        opens.remove(at: slot)
    }

    /// The server takes back what an open caches; the client model decides when to acknowledge.
    mutating func broken(_ notice: OplockBreak, on slot: Int, into effects: inout [Effect]) {
        switch notice {
        case .oplock(let level, let fileID):
            guard let number = caching.first(where: { self.fileID(of: $0) == fileID }),
                let open = opens.index(of: number)
            else { return }
            // Level II goes without a word ([MS-SMB2] 3.2.5.19.1).
            let mustAnswer = opens.elements[open].oplock != .levelII
            opens.elements[open].oplock = level
            effects.append(
                .broke(
                    BreakNotice(
                        open: number,
                        change: .oplock(to: level),
                        requiresAcknowledgement: mustAnswer
                    )
                )
            )
        case .leaseNotification(let lease):
            let isMeant = { (number: OpenNumber) in
                opens.index(of: number).map { opens.elements[$0].leaseKey == lease.key } ?? false
            }
            // No open of that lease remains: nothing to acknowledge.
            guard let number = caching.first(where: isMeant) else { return }
            effects.append(
                .broke(
                    BreakNotice(
                        open: number,
                        change: .lease(from: lease.currentState, to: lease.newState),
                        requiresAcknowledgement: lease.requiresAcknowledgement
                    )
                )
            )
        case .leaseAcknowledgement:
            // Not a notification; a server has no business sending it unasked.
            connections.elements[slot].strayAnswers += 1
        }
    }
}
