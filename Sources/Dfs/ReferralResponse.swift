package import Primitives

/// RESP_GET_DFS_REFERRAL ([MS-DFSC] 2.2.4): what a server says about a path.
package struct ReferralResponse: Hashable, Sendable {
    /// [MS-DFSC] 2.2.4 ReferralHeaderFlags.
    package struct Flags: OptionSet, Hashable, Sendable {
        package let rawValue: UInt32
        package init(rawValue: UInt32) { self.rawValue = rawValue }

        /// All targets answer referrals.
        package static let referralServers = Flags(rawValue: 1)
        /// All targets can be accessed without another referral.
        package static let storageServers = Flags(rawValue: 2)
        package static let targetFailback = Flags(rawValue: 4)
    }

    /// Bytes of the request's path that the answer is about, its leading backslash included.
    package var pathConsumed: UInt16
    package var flags: Flags
    package var entries: [ReferralEntry]

    package init(pathConsumed: UInt16, flags: Flags, entries: [ReferralEntry]) {
        self.pathConsumed = pathConsumed
        self.flags = flags
        self.entries = entries
    }

    package init(from reader: inout ByteReader) throws(WireError) {
        pathConsumed = try reader.uint16()
        let count = Int(try reader.uint16())
        flags = Flags(rawValue: try reader.uint32())
        entries = []
        var start = reader.offset
        for _ in 0..<count {
            let rest = try reader.slice(at: start, count: reader.remaining)
            let (entry, size) = try ReferralEntry.decode(rest)
            if let first = entries.first, first.version != entry.version {
                throw .malformed(field: "VersionNumber")
            }
            entries.append(entry)
            try reader.skip(size)
            start += size
        }
    }
}

/// One entry of a referral ([MS-DFSC] 2.2.5).
package struct ReferralEntry: Hashable, Sendable {
    package enum Content: Hashable, Sendable {
        /// Root and link targets.
        case target(dfsPath: String, alternatePath: String, networkAddress: String)
        /// Domain and DC referrals (V3 and V4 NameListReferral).
        case names(special: String, expanded: [String])
    }

    package var version: UInt16
    /// ServerType 1: the targets are root targets.
    package var isRoot: Bool
    /// V4: the first target of a set.
    package var isSetBoundary: Bool
    /// Seconds; V1 has none.
    package var timeToLive: UInt32?
    package var content: Content

    package init(
        version: UInt16,
        isRoot: Bool,
        isSetBoundary: Bool,
        timeToLive: UInt32?,
        content: Content
    ) {
        self.version = version
        self.isRoot = isRoot
        self.isSetBoundary = isSetBoundary
        self.timeToLive = timeToLive
        self.content = content
    }

    private enum EntryFlag {
        static let nameList: UInt16 = 2
        static let targetSetBoundary: UInt16 = 4
    }

    /// The entry at the reader's beginning and its Size; string offsets count from the entry.
    static func decode(_ entry: ByteReader) throws(WireError) -> (ReferralEntry, size: Int) {
        var reader = entry
        let version = try reader.uint16()
        let size = Int(try reader.uint16())
        let isRoot = try reader.uint16() == 1
        let flags = try reader.uint16()
        let least =
            switch version {
            case 1: 8
            case 2: 22
            case 3, 4: flags & EntryFlag.nameList != 0 ? 18 : 34
            default: throw .malformed(field: "VersionNumber")
            }
        guard size >= least, size <= entry.remaining else { throw .malformed(field: "Size") }
        var timeToLive: UInt32?
        let content: Content
        switch version {
        case 1:
            var inline = try entry.slice(at: 8, count: size - 8)
            content = .target(
                dfsPath: "",
                alternatePath: "",
                networkAddress: inline.utf16UntilNull()
            )
        case 2:
            try reader.skip(4)
            timeToLive = try reader.uint32()
            content = try targets(&reader, entry)
        default:
            timeToLive = try reader.uint32()
            content =
                flags & EntryFlag.nameList != 0
                ? try names(&reader, entry) : try targets(&reader, entry)
        }
        let decoded = ReferralEntry(
            version: version,
            isRoot: isRoot,
            isSetBoundary: version == 4 && flags & EntryFlag.targetSetBoundary != 0,
            timeToLive: timeToLive,
            content: content
        )
        return (decoded, size)
    }

    private static func targets(
        _ reader: inout ByteReader,
        _ entry: ByteReader
    ) throws(WireError) -> Content {
        let dfsPath = try text(at: try reader.uint16(), entry)
        let alternate = try text(at: try reader.uint16(), entry)
        let address = try text(at: try reader.uint16(), entry)
        guard UNCPath(referral: address).components.count >= 2 else {
            throw .malformed(field: "NetworkAddress")
        }
        return .target(dfsPath: dfsPath, alternatePath: alternate, networkAddress: address)
    }

    private static func names(
        _ reader: inout ByteReader,
        _ entry: ByteReader
    ) throws(WireError) -> Content {
        let special = try text(at: try reader.uint16(), entry)
        let count = Int(try reader.uint16())
        let offset = Int(try reader.uint16())
        var expanded: [String] = []
        if count > 0 {
            var rest = entry
            try rest.seek(to: offset)
            for _ in 0..<count {
                guard !rest.isAtEnd else { throw .malformed(field: "NumberOfExpandedNames") }
                expanded.append(rest.utf16UntilNull())
            }
        }
        return .names(special: special, expanded: expanded)
    }

    private static func text(at offset: UInt16, _ entry: ByteReader) throws(WireError) -> String {
        var reader = entry
        try reader.seek(to: Int(offset))
        return reader.utf16UntilNull()
    }
}
