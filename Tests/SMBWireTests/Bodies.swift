import Primitives
import SMBWire

/// The body of a whole message.
func body<Body: MessageBody>(of message: [UInt8]) throws -> Body {
    var reader = ByteReader(message)
    _ = try Header(from: &reader)
    return try Body(from: &reader)
}

/// A body that was encoded behind a header, in the middle of a buffer, and decoded again.
func recoded<Body: MessageBody>(_ body: Body) throws -> Body {
    var writer = ByteWriter()
    writer.zeros(12)
    Message.append(Header(command: Body.command, messageID: MessageID(1)), body, to: &writer)
    var reader = ByteReader(writer.bytes, in: 12..<writer.bytes.count)
    _ = try Header(from: &reader)
    return try Body(from: &reader)
}

/// Values for round trips.
extension SplitMix64 {
    mutating func value<Value: FixedWidthInteger & UnsignedInteger>() -> Value {
        Value(truncatingIfNeeded: next())
    }

    mutating func guid() -> GUID { GUID(high: next(), low: next()) }

    mutating func fileID() -> FileID { FileID(persistent: next(), volatile: next()) }

    mutating func bytes() -> [UInt8] {
        (0..<Int.random(in: 0...60, using: &self)).map { _ in value() }
    }

    mutating func text() -> String {
        let letters = Array("aZ\\.$ äß€漢𝄞")
        return String(list { $0.element(of: letters) })
    }

    mutating func element<Element>(of elements: [Element]) -> Element {
        elements[Int.random(in: 0..<elements.count, using: &self)]
    }

    /// Up to eight elements.
    mutating func list<Element>(_ element: (inout SplitMix64) -> Element) -> [Element] {
        (0..<Int.random(in: 0...8, using: &self)).map { _ in element(&self) }
    }
}
