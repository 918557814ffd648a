internal import Primitives
internal import SMBWire

/// The file classes of QUERY_INFO ([MS-FSCC] 2.4).
enum FileInformation: UInt8, Hashable, Sendable {
    case basic = 4
    case standard = 5
    case `internal` = 6
    case ea = 7
    case access = 8
    case name = 9
    case position = 14
    case mode = 16
    case alignment = 17
    case all = 18
    case alternateName = 21
    case stream = 22
    case compression = 28
    case networkOpen = 34
    case attributeTag = 35
    case normalizedName = 48

    /// Bytes of the part that must fit, else STATUS_INFO_LENGTH_MISMATCH.
    var fixedBytes: Int {
        switch self {
        case .basic: 40
        case .standard: 24
        case .internal, .position, .attributeTag: 8
        case .ea, .access, .mode, .alignment: 4
        // Windows wants the whole structure, with its first character and padding.
        case .name, .normalizedName, .alternateName: 8
        case .all: 104
        case .stream: 32
        case .compression: 16
        case .networkOpen: 56
        }
    }

    /// What must have been granted ([MS-FSA] 2.1.5.12).
    var neededAccess: AccessMask {
        switch self {
        case .basic, .all, .networkOpen, .attributeTag: .readAttributes
        default: []
        }
    }
}

/// What the file classes tell of one open and its file.
struct FileReport: Hashable, Sendable {
    var facts: FileFacts
    var number: UInt64
    var isDirectory: Bool
    var isDeletePending: Bool
    var access: AccessMask
    var position: UInt64
    var options: CreateOptions
    /// Within the share, with a leading backslash.
    var path: String

    /// The class's bytes; nil where the file has no such thing.
    func encode(_ information: FileInformation) -> [UInt8] {
        var writer = ByteWriter()
        encode(information, into: &writer)
        return writer.take()
    }

    private func encode(_ information: FileInformation, into writer: inout ByteWriter) {
        switch information {
        case .basic: basic(into: &writer)
        case .standard: standard(into: &writer)
        case .internal: writer.uint64(number)
        case .ea: writer.uint32(0)
        case .access: writer.uint32(access.rawValue)
        case .position: writer.uint64(position)
        case .mode: writer.uint32(mode)
        case .alignment: writer.uint32(0)
        case .all: all(into: &writer)
        case .name: name(path, into: &writer)
        case .normalizedName: name(String(path.dropFirst()), into: &writer)
        case .alternateName: writer.uint32(0)
        case .stream: stream(into: &writer)
        case .compression:
            writer.uint64(facts.endOfFile)
            writer.zeros(8)
        case .networkOpen: networkOpen(into: &writer)
        case .attributeTag:
            writer.uint32(facts.attributes.rawValue)
            writer.uint32(0)
        }
    }

    /// FILE_WRITE_THROUGH, FILE_SEQUENTIAL_ONLY and what else a mode may say.
    private var mode: UInt32 { options.rawValue & 0x103E }

    private func basic(into writer: inout ByteWriter) {
        writer.uint64(facts.creationTime)
        writer.uint64(facts.lastAccessTime)
        writer.uint64(facts.lastWriteTime)
        writer.uint64(facts.changeTime)
        writer.uint32(facts.attributes.rawValue)
        writer.uint32(0)
    }

    private func standard(into writer: inout ByteWriter) {
        writer.uint64(facts.allocationSize)
        writer.uint64(facts.endOfFile)
        writer.uint32(isDeletePending ? 0 : 1)
        writer.uint8(isDeletePending ? 1 : 0)
        writer.uint8(isDirectory ? 1 : 0)
        writer.uint16(0)
    }

    private func all(into writer: inout ByteWriter) {
        basic(into: &writer)
        standard(into: &writer)
        for part in [FileInformation.internal, .ea, .access, .position, .mode, .alignment] {
            encode(part, into: &writer)
        }
        name(path, into: &writer)
    }

    private func name(_ name: String, into writer: inout ByteWriter) {
        writer.uint32(UInt32(name.utf16.count * 2))
        writer.utf16(name)
    }

    private func stream(into writer: inout ByteWriter) {
        guard !isDirectory else { return }
        let name = "::$DATA"
        writer.uint32(0)
        writer.uint32(UInt32(name.utf16.count * 2))
        writer.uint64(facts.endOfFile)
        writer.uint64(facts.allocationSize)
        writer.utf16(name)
    }

    private func networkOpen(into writer: inout ByteWriter) {
        writer.uint64(facts.creationTime)
        writer.uint64(facts.lastAccessTime)
        writer.uint64(facts.lastWriteTime)
        writer.uint64(facts.changeTime)
        writer.uint64(facts.allocationSize)
        writer.uint64(facts.endOfFile)
        writer.uint32(facts.attributes.rawValue)
        writer.uint32(0)
    }
}
