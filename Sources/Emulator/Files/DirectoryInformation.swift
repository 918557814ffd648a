internal import Primitives
internal import SMBWire

/// How far an open has read its directory ([MS-SMB2] 3.3.1.10 EnumerationLocation).
struct DirectoryScan: Hashable, Sendable {
    enum Position: Hashable, Sendable {
        case start
        case afterDot
        case afterDotDot
        /// Behind the entry of that key, even when it has gone meanwhile.
        case after(String)
    }

    var pattern: NamePattern
    var position = Position.start

    /// The name that was listed last; nil if it was none of the directory's own.
    var lastKey: String? { if case .after(let key) = position { key } else { nil } }
}

/// The classes of QUERY_DIRECTORY ([MS-FSCC] 2.4): which fields an entry has.
enum DirectoryInformation: UInt8, Hashable, Sendable {
    case directory = 1
    case full = 2
    case both = 3
    case names = 12
    case idBoth = 37
    case idFull = 38

    /// IO_REPARSE_TAG_DFS ([MS-FSCC] 2.1.2.1).
    private static let dfsTag: UInt32 = 0x8000_000A

    /// Bytes before the name.
    var fixedBytes: Int {
        switch self {
        case .directory: 64
        case .full: 68
        case .both: 94
        case .names: 12
        case .idBoth: 104
        case .idFull: 80
        }
    }

    /// One entry; the caller writes NextEntryOffset, the first field, when another one follows.
    func encode(
        _ name: String,
        _ facts: FileFacts,
        number: UInt64,
        into writer: inout ByteWriter
    ) {
        let nameBytes = UInt64(name.utf16.count * 2)
        if self == .names {
            writer.uint64(0)
            writer.uint32(UInt32(nameBytes))
        } else {
            // NextEntryOffset and FileIndex, and behind the times and sizes the attributes.
            let words: InlineArray<8, UInt64> = [
                0,
                facts.creationTime,
                facts.lastAccessTime,
                facts.lastWriteTime,
                facts.changeTime,
                facts.endOfFile,
                facts.allocationSize,
                UInt64(facts.attributes.rawValue) | nameBytes << 32,
            ]
            writer.words(words.span)
        }
        // EaSize, or the tag of a reparse point: only Dfs links are any.
        if self != .directory, self != .names {
            writer.uint32(facts.attributes.contains(.reparsePoint) ? Self.dfsTag : 0)
        }
        switch self {
        case .directory, .names, .full: break
        // ShortNameLength, Reserved and 24 bytes: there are no short names.
        case .both: writer.zeros(26)
        case .idBoth:
            writer.zeros(28)
            writer.uint64(number)
        case .idFull:
            writer.zeros(4)
            writer.uint64(number)
        }
        writer.utf16(name)
    }
}
