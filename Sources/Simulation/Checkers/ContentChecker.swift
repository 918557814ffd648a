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
    /// For look-up only; a file is its server's tree and path, in capitals.
    private var fileIndices: [String: Int] = [:]

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
            guard let body = message.body(WriteRequest.self),
                let file = links[message.link].files[body.fileID]
            else { break }
            let offset = Int(clamping: body.offset)
            files[file].beganWriting(offset..<offset + body.data.count)
            asked = .write(file, offset: offset, body.data)
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

    private func opened(_ message: SeenMessage, tree: UInt32) -> Asked? {
        guard let body = message.body(CreateRequest.self),
            let share = links[message.link].trees[tree]
        else { return nil }
        var path = body.name.uppercased()
        if message.header.flags.contains(.dfsOperations) {
            path = path.split(separator: "\\").dropFirst(2).joined(separator: "\\")
        }
        return .create("\(share)\\\(path)")
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
            guard isSuccess, let body = message.body(ReadResponse.self) else {
                files[file].ended(read)
                return nil
            }
            guard let place = files[file].ended(read, having: body.data) else { return nil }
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

    private enum Asked: Hashable, Sendable {
        case tree(String)
        case create(String)
        case read(Int, Int)
        case write(Int, offset: Int, [UInt8])
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
    private var isKnown: [Bool] = []
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
        for place in range.clamped(to: 0..<isKnown.count) { isKnown[place] = false }
    }

    mutating func endedWriting(_ offset: Int, _ data: [UInt8], isSuccess: Bool) {
        let range = offset..<offset + data.count
        if let place = writes.firstIndex(of: range) { writes.remove(at: place) }
        guard isSuccess, range.upperBound <= Self.sizeMax else { return }
        if bytes.count < range.upperBound {
            let missing = range.upperBound - bytes.count
            bytes += [UInt8](repeating: 0, count: missing)
            isKnown += [Bool](repeating: false, count: missing)
        }
        let isAlone = !writes.contains { $0.overlaps(range) }
        for (index, byte) in data.enumerated() {
            bytes[offset + index] = byte
            isKnown[offset + index] = isAlone
        }
    }

    @discardableResult
    mutating func ended(_ number: Int, having data: [UInt8] = []) -> Int? {
        guard let place = reads.firstIndex(where: { $0.number == number }) else { return nil }
        let read = reads.remove(at: place)
        guard !read.isCrossed else { return nil }
        let range = (read.offset..<read.offset + data.count).clamped(to: 0..<bytes.count)
        for offset in range where isKnown[offset] && bytes[offset] != data[offset - read.offset] {
            return offset
        }
        return nil
    }

    mutating func forget() {
        isKnown = [Bool](repeating: false, count: isKnown.count)
        for index in reads.indices { reads[index].isCrossed = true }
    }
}
