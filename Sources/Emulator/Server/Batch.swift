internal import SMBWire

/// The messages of one frame on their way through the server, and the answers so far.
///
/// A compound whose element has to wait is put aside whole and taken up again with the answer.
struct Batch: Hashable, Sendable {
    let bytes: [UInt8]
    let elements: [Range<Int>]
    /// The slot of its connection.
    let connection: Int
    /// The slot of the SMB session that sealed the frame.
    let sealedFor: Int?
    var next = 0
    // What related elements inherit ([MS-SMB2] 3.3.5.2.7.2).
    var session = SMBSessionID.none
    var tree = TreeID.none
    var file: FileID?
    var status = NTStatus.success
    var reply = ReplyFrame()

    init(bytes: [UInt8], elements: [Range<Int>], connection: Int, sealedFor: Int?) {
        self.bytes = bytes
        self.elements = elements
        self.connection = connection
        self.sealedFor = sealedFor
    }
}

/// A request under way: what its answer has to repeat and to prove.
struct Exchange: Hashable, Sendable {
    var request: Header
    /// The slot of its connection.
    let connection: Int
    /// The slot of its SMB session; nil before there is one.
    var session: Int?
    let sealedFor: Int?
    var isAsync = false
}

/// A request that the file system works on.
struct FileRequest: Hashable, Sendable {
    var exchange: Exchange
    /// The rest of the compound; nil if nothing follows.
    var rest: Batch?
}
