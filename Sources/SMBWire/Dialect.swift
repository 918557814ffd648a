/// A dialect revision of SMB 2 or 3 ([MS-SMB2] 2.2.3).
package struct Dialect: RawRepresentable, Hashable, Comparable, Sendable, CustomStringConvertible {
    package let rawValue: UInt16
    package init(rawValue: UInt16) { self.rawValue = rawValue }

    package static let smb202 = Dialect(rawValue: 0x0202)
    package static let smb210 = Dialect(rawValue: 0x0210)
    package static let smb300 = Dialect(rawValue: 0x0300)
    package static let smb302 = Dialect(rawValue: 0x0302)
    package static let smb311 = Dialect(rawValue: 0x0311)
    /// The answer to a multi-protocol NEGOTIATE: the client shall negotiate again in SMB 2.
    package static let wildcard = Dialect(rawValue: 0x02FF)

    /// All that are spoken here, oldest first.
    package static let all: [Dialect] = [.smb202, .smb210, .smb300, .smb302, .smb311]

    package static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }

    /// `3.1.1`, or the number where there is no name.
    package var description: String {
        switch self {
        case .smb202: "2.0.2"
        case .smb210: "2.1"
        case .smb300: "3.0"
        case .smb302: "3.0.2"
        case .smb311: "3.1.1"
        default: "0x" + String(rawValue, radix: 16)
        }
    }
}

/// [MS-SMB2] 2.2.3 Capabilities.
package struct GlobalCapabilities: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    package static let dfs = GlobalCapabilities(rawValue: 0x01)
    package static let leasing = GlobalCapabilities(rawValue: 0x02)
    package static let largeMTU = GlobalCapabilities(rawValue: 0x04)
    package static let multiChannel = GlobalCapabilities(rawValue: 0x08)
    package static let persistentHandles = GlobalCapabilities(rawValue: 0x10)
    package static let directoryLeasing = GlobalCapabilities(rawValue: 0x20)
    package static let encryption = GlobalCapabilities(rawValue: 0x40)
    package static let notifications = GlobalCapabilities(rawValue: 0x80)
}

/// [MS-SMB2] 2.2.3 SecurityMode.
package struct SecurityMode: OptionSet, Hashable, Sendable {
    package let rawValue: UInt16
    package init(rawValue: UInt16) { self.rawValue = rawValue }

    package static let signingEnabled = SecurityMode(rawValue: 1)
    package static let signingRequired = SecurityMode(rawValue: 2)
}
