/// The newest pieces of a host's connections, up to a number and a size: the oldest go first.
///
/// Keeps the arrays that shells have in their hands anyway; nothing is copied or looked at before
/// somebody asks for frames.
package struct FrameRing: Hashable, Sendable {
    /// Pieces, and bytes of all of them together.
    package let countMax: Int
    package let sizeMax: Int
    private var pieces: [CapturedPiece] = []
    /// Where the oldest one is, once there are `countMax`.
    private var start = 0
    private var size = 0

    package init(countMax: Int = 16_384, sizeMax: Int = 8 << 20) {
        precondition(countMax > 0, "a ring has room for a piece")
        self.countMax = countMax
        self.sizeMax = sizeMax
    }

    package mutating func append(_ piece: CapturedPiece) {
        size += piece.bytes.count
        if pieces.count < countMax {
            pieces.append(piece)
        } else {
            size -= pieces[start].bytes.count
            pieces[start] = piece
            start = (start + 1) % countMax
        }
        if size > sizeMax { halve() }
    }

    /// Above its size the older half goes: seldom, so that the usual append stays cheap.
    private mutating func halve() {
        var kept = inOrder
        var dropped = 0
        while dropped < kept.count, size > sizeMax / 2 {
            size -= kept[dropped].bytes.count
            dropped += 1
        }
        kept.removeFirst(dropped)
        (pieces, start) = (kept, 0)
    }

    /// The oldest first.
    package var inOrder: [CapturedPiece] { Array(pieces[start...] + pieces[..<start]) }
}

/// Cuts pieces of several connections into frames; one for each host.
package struct StreamCutter: Sendable {
    package struct Cut: Hashable, Sendable {
        package var piece: CapturedPiece
        /// Of `piece.bytes`: the message without the prefix.
        package var frame: Range<Int>
    }

    private struct Stream: Hashable {
        let connection: Int
        let isRequest: Bool
    }

    private var assemblers: [Stream: FrameAssembler] = [:]
    /// Whether a stream may begin in the middle of a frame.
    private let resynchronizes: Bool

    /// With `resynchronizes` what a stream begins with is skipped up to a frame's beginning.
    package init(resynchronizes: Bool = false) { self.resynchronizes = resynchronizes }

    /// The frames that end in the piece; what is no frame is left out.
    package mutating func cut(_ piece: CapturedPiece) -> [Cut] {
        let stream = Stream(connection: piece.connection, isRequest: piece.isRequest)
        var bytes = piece.bytes
        if resynchronizes, assemblers[stream] == nil {
            guard let start = Self.frameStart(in: bytes) else { return [] }
            bytes.removeFirst(start)
        }
        var assembler = assemblers[stream] ?? FrameAssembler()
        assembler.append(bytes)
        var cuts: [Cut] = []
        while let (buffer, frame) = try? assembler.next() {
            var whole = piece
            whole.bytes = buffer
            cuts.append(Cut(piece: whole, frame: frame))
        }
        assemblers[stream] = assembler
        return cuts
    }

    /// The connection is over: another one may come by its number.
    package mutating func forget(_ connection: Int) {
        for isRequest in [false, true] {
            assemblers[Stream(connection: connection, isRequest: isRequest)] = nil
        }
    }

    /// The first place where a prefix and an SMB2 or transform header stand.
    private static func frameStart(in bytes: [UInt8]) -> Int? {
        let size = DirectTCP.prefixSize + 4
        guard bytes.count >= size else { return nil }
        return (0...bytes.count - size).first { place in
            guard bytes[place] == 0 else { return false }
            let header = place + DirectTCP.prefixSize..<place + size
            switch FrameKind.of(bytes, in: header) {
            case .smb2, .transform: return true
            case .compressed, .smb1, .unknown: return false
            }
        }
    }
}
