internal import Primitives
internal import SMBWire

/// Every byte that is read is what was written.
///
/// Knows of each file what was surely written last. While a WRITE is outstanding its bytes may be
/// old or new, so nothing is said about them; a READ that overlaps one is not judged there.
struct ContentChecker: Hashable, Sendable {
    private let rule = "what is read is what was written"
    private var links: [Link] = []
    private var files: [KnownFile] = []
    /// For look-up only, both; a file is its server's tree and path, in capitals.
    private var fileIndices: [String: Int] = [:]
    private var filesBySpelling: [Spelling: String] = [:]

    mutating func saw(_ message: SeenMessage) -> (rule: String, sentence: String)? {
        while links.count <= message.link { links.append(Link()) }
        if message.isRequest {
            requested(message)
            return nil
        }
        guard !message.isInterim, !message.isNotification,
            let asked = links[message.link].asked.removeValue(
                forKey: message.header.messageID.rawValue
            )
        else { return nil }
        return answered(asked, message)
    }

    private mutating func requested(_ message: SeenMessage) {
        let tree = message.header.treeID.rawValue
        var asked: Asked?
        switch message.header.command {
        case .treeConnect:
            asked = message.body(TreeConnectRequest.self).map { .tree($0.path.uppercased()) }
        case .create: asked = opened(message, tree: tree)
        case .read:
            guard let body = message.body(ReadRequest.self),
                let file = links[message.link].files[body.fileID]
            else { break }
            let read = PendingRead(offset: Int(clamping: body.offset), count: Int(body.length))
            asked = .read(file, files[file].began(read))
        case .write:
            guard let body = message.written, let file = links[message.link].files[body.file]
            else { break }
            files[file].beganWriting(body.offset..<body.offset + body.data.count)
            asked = .write(file, offset: body.offset, body.data)
        case .setInfo, .close:
            // Sizes and delete-on-close change files in ways that only their servers know.
            if let id = fileID(of: message), let file = links[message.link].files[id] {
                files[file].forget()
            }
        default: break
        }
        if let asked { links[message.link].asked[message.header.messageID.rawValue] = asked }
    }

    private func fileID(of message: SeenMessage) -> FileID? {
        message.header.command == .setInfo ? message.body(SetInfoRequest.self)?.fileID : nil
    }

    private mutating func opened(_ message: SeenMessage, tree: UInt32) -> Asked? {
        guard let share = links[message.link].trees[tree], let name = message.openedName else {
            return nil
        }
        let isDfs = message.header.flags.contains(.dfsOperations)
        let spelling = Spelling(share: share, name: name, isDfs: isDfs)
        if let known = filesBySpelling[spelling] { return .create(known) }
        guard let path = spelling.path else { return nil }
        filesBySpelling[spelling] = path
        return .create(path)
    }

    private mutating func answered(
        _ asked: Asked,
        _ message: SeenMessage
    ) -> (rule: String, sentence: String)? {
        let isSuccess = message.header.status == .success
        switch asked {
        case .tree(let share):
            if isSuccess { links[message.link].trees[message.header.treeID.rawValue] = share }
        case .create(let path):
            guard isSuccess, let body = message.body(CreateResponse.self) else { return nil }
            let file = index(of: path)
            links[message.link].files[body.fileID] = file
            // 1 is opened; everything else begins with an empty file.
            if body.action != 1 { files[file].forget() }
        case .write(let file, let offset, let data):
            files[file].endedWriting(offset, data, isSuccess: isSuccess)
        case .read(let file, let read):
            guard isSuccess, let data = message.read else {
                files[file].ended(read)
                return nil
            }
            guard let place = files[file].ended(read, having: data) else { return nil }
            return (rule, "\(message.name) brought a wrong byte at offset \(place)")
        }
        return nil
    }

    private mutating func index(of path: String) -> Int {
        if let known = fileIndices[path] { return known }
        files.append(KnownFile())
        fileIndices[path] = files.count - 1
        return files.count - 1
    }

    private struct Link: Hashable, Sendable {
        // For look-up only, all three.
        var trees: [UInt32: String] = [:]
        var files: [FileID: Int] = [:]
        var asked: [UInt64: Asked] = [:]
    }

    /// How a file was named, as it came: most files are opened often, and by the same name.
    private struct Spelling: Hashable, Sendable {
        let share: String
        /// UTF-16LE.
        let name: [UInt8]
        let isDfs: Bool

        /// In capitals, behind its share's.
        var path: String? {
            var reader = ByteReader(name)
            guard var path = try? reader.utf16(byteCount: name.count) else { return nil }
            if isDfs {
                let parts = path.utf8.split(separator: UInt8(ascii: "\\"), maxSplits: 2)
                path = parts.count > 2 ? String(Substring(parts[2])) : ""
            }
            return "\(share)\\\(path.uppercased())"
        }
    }

    private enum Asked: Hashable, Sendable {
        case tree(String)
        case create(String)
        case read(Int, Int)
        case write(Int, offset: Int, ArraySlice<UInt8>)
    }
}

/// What most of a run is made of is looked at where it lies, and no further than is needed.
extension SeenMessage {
    /// The name in a CREATE request, in UTF-16LE.
    var openedName: [UInt8]? {
        var reader = reader
        guard (try? reader.structureSize(57)) != nil, (try? reader.skip(42)) != nil,
            let place = try? reader.uint16(), let count = try? reader.uint16(),
            var name = try? reader.buffer(offset: place, count: count)
        else { return nil }
        return name.rest()
    }

    /// What a READ response brings.
    var read: ArraySlice<UInt8>? {
        var reader = reader
        guard (try? reader.structureSize(17)) != nil, let offset = try? reader.uint8(),
            (try? reader.skip(1)) != nil, let count = try? reader.uint32()
        else { return nil }
        return data(at: Int(offset), count: Int(count))
    }

    /// Where a WRITE request puts what.
    var written: (file: FileID, offset: Int, data: ArraySlice<UInt8>)? {
        var reader = reader
        guard (try? reader.structureSize(49)) != nil, let place = try? reader.uint16(),
            let count = try? reader.uint32(), let offset = try? reader.uint64(),
            let file = try? reader.fileID(), let data = data(at: Int(place), count: Int(count))
        else { return nil }
        return (file, Int(clamping: offset), data)
    }

    private func data(at offset: Int, count: Int) -> ArraySlice<UInt8>? {
        guard let part = try? reader.buffer(offset: offset, count: count) else { return nil }
        return frame[part.origin..<part.origin + count]
    }
}

/// A READ under way.
struct PendingRead: Hashable, Sendable {
    let offset: Int
    let count: Int
    /// Nothing is said about a read that a write crossed.
    var isCrossed = false
    var number = 0
}

/// What is surely in a file.
struct KnownFile: Hashable, Sendable {
    private var bytes: [UInt8] = []
    /// Where they are surely the file's.
    private var known = RangeSet<Int>()
    private var writes: [Range<Int>] = []
    private var reads: [PendingRead] = []
    private var readCount = 0
    /// Larger files are not kept: a checker must not need more memory than what it checks.
    private static let sizeMax = 1 << 20

    mutating func began(_ read: PendingRead) -> Int {
        readCount += 1
        var read = read
        read.number = readCount
        let range = read.offset..<read.offset + read.count
        read.isCrossed = writes.contains { $0.overlaps(range) }
        reads.append(read)
        return readCount
    }

    mutating func beganWriting(_ range: Range<Int>) {
        for index in reads.indices
        where range.overlaps(reads[index].offset..<reads[index].offset + reads[index].count) {
            reads[index].isCrossed = true
        }
        writes.append(range)
        known.remove(contentsOf: range)
    }

    mutating func endedWriting(_ offset: Int, _ data: ArraySlice<UInt8>, isSuccess: Bool) {
        let range = offset..<offset + data.count
        if let place = writes.firstIndex(of: range) { writes.remove(at: place) }
        guard isSuccess, range.upperBound <= Self.sizeMax else { return }
        let gap = max(0, offset - bytes.count)
        bytes.append(contentsOf: repeatElement(0, count: gap))
        let replaced = offset..<min(range.upperBound, bytes.count)
        bytes.replaceSubrange(replaced, with: data.prefix(replaced.count))
        bytes.append(contentsOf: data.dropFirst(replaced.count))
        if writes.contains(where: { $0.overlaps(range) }) {
            known.remove(contentsOf: range)
        } else {
            known.insert(contentsOf: range)
        }
    }

    @discardableResult
    mutating func ended(_ number: Int, having data: ArraySlice<UInt8> = []) -> Int? {
        guard let place = reads.firstIndex(where: { $0.number == number }) else { return nil }
        let read = reads.remove(at: place)
        guard !read.isCrossed else { return nil }
        let brought = read.offset..<read.offset + data.count
        for piece in known.ranges where piece.overlaps(brought) {
            let range = piece.clamped(to: brought)
            let first = range.lowerBound - read.offset
            let here = bytes.span.extracting(range)
            let there = data.span.extracting(first..<first + range.count)
            guard Self.differ(here, there) else { continue }
            return here.indices.first { here[$0] != there[$0] }.map { range.lowerBound + $0 }
        }
        return nil
    }

    /// Whether two stretches of one length differ anywhere.
    ///
    /// All differences together take a tenth of the time of a look at each byte.
    private static func differ(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
        var difference: UInt8 = 0
        for place in left.indices { difference |= left[place] ^ right[place] }
        return difference != 0
    }

    mutating func forget() {
        known = RangeSet()
        for index in reads.indices { reads[index].isCrossed = true }
    }
}
