internal import SMBWire

/// How the opens of one file share it ([MS-FSA] 2.1.5.1.2.2): counts, so that a file with
/// thousands of opens is checked at once.
struct ShareModes: Hashable, Sendable {
    private var opens = 0
    private var readers = 0
    private var writers = 0
    private var deleters = 0
    private var readSharers = 0
    private var writeSharers = 0
    private var deleteSharers = 0

    /// Whether an open with this access takes part in sharing at all.
    private static func takesPart(_ access: AccessMask) -> Bool {
        !access.isDisjoint(with: .takingPart)
    }

    private static func reads(_ access: AccessMask) -> Bool {
        !access.isDisjoint(with: .anyReading)
    }

    private static func writes(_ access: AccessMask) -> Bool {
        !access.isDisjoint(with: .anyWriting)
    }

    /// Whether somebody may delete it: a directory is held still then, nothing moves into it.
    var hasDeleters: Bool { deleters > 0 }

    /// Whether another open fits beside those that are there, both ways.
    func admit(_ access: AccessMask, sharing share: ShareAccess) -> Bool {
        guard Self.takesPart(access) else { return true }
        if Self.reads(access), readSharers < opens { return false }
        if Self.writes(access), writeSharers < opens { return false }
        if access.contains(.delete), deleteSharers < opens { return false }
        if readers > 0, !share.contains(.read) { return false }
        if writers > 0, !share.contains(.write) { return false }
        return deleters == 0 || share.contains(.delete)
    }

    mutating func add(_ access: AccessMask, sharing share: ShareAccess) {
        count(access, share, by: 1)
    }

    mutating func remove(_ access: AccessMask, sharing share: ShareAccess) {
        count(access, share, by: -1)
    }

    private mutating func count(_ access: AccessMask, _ share: ShareAccess, by one: Int) {
        guard Self.takesPart(access) else { return }
        opens += one
        if Self.reads(access) { readers += one }
        if Self.writes(access) { writers += one }
        if access.contains(.delete) { deleters += one }
        if share.contains(.read) { readSharers += one }
        if share.contains(.write) { writeSharers += one }
        if share.contains(.delete) { deleteSharers += one }
    }
}
