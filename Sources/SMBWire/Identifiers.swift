/// Identifies a request on its connection ([MS-SMB2] 2.2.1); used once and never again.
package struct MessageID: Hashable, Comparable, Sendable {
    package let rawValue: UInt64
    package init(_ rawValue: UInt64) { self.rawValue = rawValue }
    /// What an unsolicited break carries.
    package static let unsolicited = MessageID(.max)
    package static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }
}

/// Identifies an operation that the server answers asynchronously; chosen by the server.
package struct AsyncID: Hashable, Sendable {
    package let rawValue: UInt64
    package init(_ rawValue: UInt64) { self.rawValue = rawValue }
}

/// Identifies an SMB session on its server ([MS-SMB2] 2.2.1 SessionId); chosen by the server.
package struct SMBSessionID: Hashable, Sendable {
    package let rawValue: UInt64
    package init(_ rawValue: UInt64) { self.rawValue = rawValue }
    package static let none = SMBSessionID(0)
    /// A related element of a compound takes its predecessor's.
    package static let related = SMBSessionID(.max)
}

/// Identifies a tree connect within its SMB session; chosen by the server.
package struct TreeID: Hashable, Sendable {
    package let rawValue: UInt32
    package init(_ rawValue: UInt32) { self.rawValue = rawValue }
    package static let none = TreeID(0)
    /// A related element of a compound takes its predecessor's.
    package static let related = TreeID(.max)
}

/// Identifies an open within its SMB session ([MS-SMB2] 2.2.14.1 SMB2_FILEID).
package struct FileID: Hashable, Sendable {
    package let persistent: UInt64
    package let volatile: UInt64
    package init(persistent: UInt64, volatile: UInt64) {
        self.persistent = persistent
        self.volatile = volatile
    }
    /// A related element of a compound takes its predecessor's; a referral request has no file.
    package static let related = FileID(persistent: .max, volatile: .max)
}

/// A 16-byte identifier in wire order: ClientGuid, ServerGuid, lease key, CreateGuid.
package struct GUID: Hashable, Sendable {
    package let high: UInt64
    package let low: UInt64
    /// `high` is the first eight bytes on the wire read little-endian, `low` the last eight.
    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }
    package static let zero = GUID(high: 0, low: 0)
}
