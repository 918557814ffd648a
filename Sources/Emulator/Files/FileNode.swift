internal import Primitives
internal import SMBWire

/// A file or directory of a share: what [MS-FSA] 2.1.1.3 to 2.1.1.5 call file, link and stream.
struct FileNode: Hashable, Sendable {
    /// As it is spelled; empty for the root of a share.
    var name: String
    /// Nil for a root.
    var parent: Int?
    /// Index of the share.
    var share: Int
    /// The id on disk: never used again, and the same as long as the file exists.
    var number: UInt64
    var isDirectory: Bool
    /// Without `directory` and `normal`, which follow from the rest.
    var attributes: FileAttributes
    var times: FileTimes

    var content = FileContent()
    /// Bytes that CREATE or SET_INFO reserved beyond the end of file.
    var reserved: UInt64 = 0
    var children = DirectoryIndex()

    /// In the order of their coming.
    var opens: [Int] = []
    var shareModes = ShareModes()
    var locks = RangeLocks()
    /// Oplocks and leases, in the order of their coming.
    var rights: [Int] = []
    /// Opens that watch the directory.
    var watchers: [Int] = []
    /// It goes when its last open closes; nobody opens it any more.
    var isDeletePending = false

    /// What stands in a place that is free.
    static let gone = FileNode(
        name: "",
        parent: nil,
        share: 0,
        number: 0,
        isDirectory: false,
        attributes: [],
        times: FileTimes(0)
    )

    init(
        name: String,
        parent: Int?,
        share: Int,
        number: UInt64,
        isDirectory: Bool,
        attributes: FileAttributes,
        times: FileTimes
    ) {
        self.name = name
        self.parent = parent
        self.share = share
        self.number = number
        self.isDirectory = isDirectory
        self.attributes = attributes
        self.times = times
    }

    /// Bytes that one unit of allocation has.
    static let clusterBytes: UInt64 = 4_096

    var endOfFile: UInt64 { isDirectory ? 0 : content.endOfFile }

    var allocationSize: UInt64 {
        guard !isDirectory else { return 0 }
        let bytes = max(content.endOfFile, reserved)
        return (bytes + Self.clusterBytes - 1) / Self.clusterBytes * Self.clusterBytes
    }

    /// [MS-FSCC] 2.6: `normal` stands alone, where nothing else is to be said.
    var reportedAttributes: FileAttributes {
        if isDirectory { return attributes.union(.directory) }
        return attributes.isEmpty ? .normal : attributes
    }

    var facts: FileFacts {
        var facts = FileFacts()
        facts.creationTime = times.creation
        facts.lastAccessTime = times.lastAccess
        facts.lastWriteTime = times.lastWrite
        facts.changeTime = times.change
        facts.allocationSize = allocationSize
        facts.endOfFile = endOfFile
        facts.attributes = reportedAttributes
        return facts
    }
}

/// The four times of a file as FILETIME: 100 ns since 1601 ([MS-FSA] 2.1.1.3).
struct FileTimes: Hashable, Sendable {
    var creation: UInt64
    var lastAccess: UInt64
    var lastWrite: UInt64
    var change: UInt64

    init(_ all: UInt64) {
        creation = all
        lastAccess = all
        lastWrite = all
        change = all
    }
}
