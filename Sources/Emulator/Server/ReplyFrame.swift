internal import Crypto
internal import Primitives
internal import SMBWire

/// One frame of answers in the making: its messages chained, each signed where it has to be.
struct ReplyFrame: Hashable, Sendable {
    private struct Element: Hashable, Sendable {
        var range: Range<Int>
        var signing: SigningKey
    }

    private var writer = ByteWriter(reserving: 0)
    private(set) var isEmpty = true
    private var start = 0
    private var signing: SigningKey?
    /// The messages before the last one that are to be signed.
    private var earlier: [Element] = []

    /// Appends one message; the one before is closed.
    mutating func append(_ header: Header, _ body: AnyBody, signedBy key: SigningKey?) {
        if isEmpty {
            writer = ByteWriter(reserving: 256)
            writer.uint32(0)
        } else {
            Message.chain(&writer)
            if let signing {
                earlier.append(Element(range: start..<writer.count, signing: signing))
            }
        }
        isEmpty = false
        start = writer.count
        writer.beginMessage()
        header.encode(into: &writer)
        body.encode(into: &writer)
        signing = key
    }

    /// The message that was appended last, before it is signed.
    var last: [UInt8] { Array(writer.bytes[start...]) }

    /// The finished frame with its prefix, sealed if there is a key; the frame is empty then.
    mutating func take(sealedBy seal: (key: SealingKey, session: UInt64, nonce: UInt64)?) -> [UInt8]
    {
        var bytes = writer.take()
        for element in earlier { element.signing.sign(&bytes, in: element.range) }
        if let signing { signing.sign(&bytes, in: start..<bytes.count) }
        self = ReplyFrame()
        guard let seal else {
            DirectTCP.finish(&bytes)
            return bytes
        }
        let sealed = seal.key.seal(
            bytes,
            in: DirectTCP.prefixSize..<bytes.count,
            sessionID: seal.session,
            nonce: seal.nonce
        )
        return DirectTCP.prefix(length: sealed.count) + sealed
    }
}
