/// [MS-SMB2] 2.2.13.1: what an open may do.
package struct AccessMask: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    package static let readData = AccessMask(rawValue: 0x1)
    package static let writeData = AccessMask(rawValue: 0x2)
    package static let appendData = AccessMask(rawValue: 0x4)
    package static let readEA = AccessMask(rawValue: 0x8)
    package static let writeEA = AccessMask(rawValue: 0x10)
    package static let execute = AccessMask(rawValue: 0x20)
    package static let deleteChild = AccessMask(rawValue: 0x40)
    package static let readAttributes = AccessMask(rawValue: 0x80)
    package static let writeAttributes = AccessMask(rawValue: 0x100)
    package static let delete = AccessMask(rawValue: 0x1_0000)
    package static let readControl = AccessMask(rawValue: 0x2_0000)
    package static let synchronize = AccessMask(rawValue: 0x10_0000)
    package static let maximumAllowed = AccessMask(rawValue: 0x200_0000)
    package static let genericAll = AccessMask(rawValue: 0x1000_0000)
    package static let genericExecute = AccessMask(rawValue: 0x2000_0000)
    package static let genericWrite = AccessMask(rawValue: 0x4000_0000)
    package static let genericRead = AccessMask(rawValue: 0x8000_0000)
}

/// [MS-SMB2] 2.2.13 ShareAccess: what others may do meanwhile.
package struct ShareAccess: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    package static let read = ShareAccess(rawValue: 1)
    package static let write = ShareAccess(rawValue: 2)
    package static let delete = ShareAccess(rawValue: 4)
    package static let all: ShareAccess = [.read, .write, .delete]
}

/// [MS-SMB2] 2.2.13 CreateDisposition.
package enum CreateDisposition: UInt32, Hashable, Sendable {
    case supersede = 0
    case open = 1
    case create = 2
    case openIf = 3
    case overwrite = 4
    case overwriteIf = 5
}

/// [MS-SMB2] 2.2.13 CreateOptions.
package struct CreateOptions: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    package static let directoryFile = CreateOptions(rawValue: 0x1)
    package static let writeThrough = CreateOptions(rawValue: 0x2)
    package static let nonDirectoryFile = CreateOptions(rawValue: 0x40)
    package static let deleteOnClose = CreateOptions(rawValue: 0x1000)
    package static let openReparsePoint = CreateOptions(rawValue: 0x20_0000)
}

/// [MS-FSCC] 2.6.
package struct FileAttributes: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    package static let readOnly = FileAttributes(rawValue: 0x1)
    package static let hidden = FileAttributes(rawValue: 0x2)
    package static let system = FileAttributes(rawValue: 0x4)
    package static let directory = FileAttributes(rawValue: 0x10)
    package static let archive = FileAttributes(rawValue: 0x20)
    package static let normal = FileAttributes(rawValue: 0x80)
    package static let reparsePoint = FileAttributes(rawValue: 0x400)
}

/// [MS-SMB2] 2.2.13 RequestedOplockLevel.
package struct OplockLevel: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let none = OplockLevel(rawValue: 0)
    package static let levelII = OplockLevel(rawValue: 1)
    package static let exclusive = OplockLevel(rawValue: 8)
    package static let batch = OplockLevel(rawValue: 9)
    package static let lease = OplockLevel(rawValue: 0xFF)
}

/// [MS-SMB2] 2.2.13.2.8 LeaseState.
package struct LeaseState: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    package static let readCaching = LeaseState(rawValue: 1)
    package static let handleCaching = LeaseState(rawValue: 2)
    package static let writeCaching = LeaseState(rawValue: 4)
}
