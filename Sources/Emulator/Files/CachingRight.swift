internal import Primitives
internal import SMBWire

/// Names a lease: a client's key, on whichever connection of that client ([MS-SMB2] 3.3.1.12).
struct LeaseName: Hashable, Sendable {
    var client: GUID
    var key: GUID
}

/// What lets a client cache a file: the oplock of one open, or a lease that opens share.
///
/// Both are told in the terms of leases: level II is R, exclusive RW, batch RWH.
struct CachingRight: Hashable, Sendable {
    enum Form: Hashable, Sendable {
        case oplock
        case lease(LeaseName, isVersion2: Bool)
    }

    /// A break that waits for its acknowledgement.
    struct Break: Hashable, Sendable {
        /// What the notification offered to keep.
        var target: LeaseState
        /// What may be kept in the end, when more has been asked meanwhile.
        var required: LeaseState
        var since: Instant
        var deadline: Instant
    }

    var form: Form
    var node: Int
    /// In the order of their coming; an oplock has one.
    var opens: [Int]
    var state: LeaseState
    var epoch: UInt16 = 0
    var parentKey: GUID?
    var breaking: Break?

    var leaseName: LeaseName? {
        if case .lease(let name, _) = form { name } else { nil }
    }

    var isVersion2: Bool {
        if case .lease(_, let isVersion2) = form { isVersion2 } else { false }
    }

    /// What CREATE responses and break notifications call it.
    var level: OplockLevel { leaseName == nil ? Self.level(of: state) : .lease }

    static func level(of state: LeaseState) -> OplockLevel {
        if state.contains([.writeCaching, .handleCaching]) { return .batch }
        if state.contains(.writeCaching) { return .exclusive }
        return state.contains(.readCaching) ? .levelII : .none
    }

    /// What an oplock of that level lets a client cache.
    static func state(of level: OplockLevel) -> LeaseState {
        switch level {
        case .batch: [.readCaching, .writeCaching, .handleCaching]
        case .exclusive: [.readCaching, .writeCaching]
        case .levelII: .readCaching
        default: []
        }
    }

    /// What remains after losing `lost`; oplocks break to level II or none only.
    func remainder(losing lost: LeaseState) -> LeaseState {
        let rest = state.subtracting(lost)
        return leaseName == nil && rest != state ? rest.intersection(.readCaching) : rest
    }

    /// The states that exist ([MS-SMB2] 2.2.13.2.8); nothing for the others.
    static func valid(_ state: LeaseState, isDirectory: Bool) -> LeaseState {
        guard state.contains(.readCaching) else { return [] }
        let known = state.intersection([.readCaching, .writeCaching, .handleCaching])
        return isDirectory ? known.subtracting(.writeCaching) : known
    }
}
