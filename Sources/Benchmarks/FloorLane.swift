internal import Foundation

/// A connection with everything set up on it, driven by hand.
///
/// Answers of one read leave as one write of the next requests. Of a request's frame only the
/// MessageId is new, of a CLOSE the file as well ([MS-SMB2] 2.2.1.2, 2.2.14, 2.2.15).
final class FloorLane {
    /// Where things lie in a frame, counted from the four bytes of its length.
    private enum Place {
        static let status = 4 + 8
        static let command = 4 + 12
        static let credits = 4 + 14
        static let flags = 4 + 16
        static let messageID = 4 + 24
        static let fileOfCreateResponse = 4 + 64 + 64
        static let fileOfClose = 4 + 64 + 8
    }

    private static let create: UInt16 = 5
    private static let pending: UInt32 = 0x103
    private static let signed: UInt32 = 8
    private static let room = 1 << 18

    let descriptor: CInt
    private(set) var operations = 0
    private(set) var errors = 0
    private let first: [UInt8]
    /// What follows a CREATE that succeeded; nothing else does.
    private let close: [UInt8]
    private var messageID: UInt64
    private let incoming = UnsafeMutableRawPointer.allocate(byteCount: room, alignment: 8)
    private let outgoing = UnsafeMutableRawPointer.allocate(byteCount: room, alignment: 8)
    private var incomingCount = 0
    private var outgoingCount = 0

    /// The frames were sent and answered once already; no other frame came after them.
    init(_ descriptor: CInt, first: [UInt8], close: [UInt8]) throws {
        self.descriptor = descriptor
        self.first = Self.template(first)
        self.close = Self.template(close)
        messageID = max(Self.id(of: first), Self.id(of: close)) + 1
        for frame in [self.first, self.close] where !frame.isEmpty {
            let flags = frame.withUnsafeBytes {
                $0.loadUnaligned(fromByteOffset: Place.flags, as: UInt32.self)
            }
            if flags & Self.signed != 0 {
                throw FloorFailure(sentence: "the server wants signatures; there is no floor then")
            }
        }
    }

    deinit {
        Foundation.close(descriptor)
        incoming.deallocate()
        outgoing.deallocate()
    }

    /// A frame that asks for one credit, for the one that it costs.
    private static func template(_ frame: [UInt8]) -> [UInt8] {
        var frame = frame
        if !frame.isEmpty {
            frame[Place.credits] = 1
            frame[Place.credits + 1] = 0
        }
        return frame
    }

    private static func id(of frame: [UInt8]) -> UInt64 {
        guard !frame.isEmpty else { return 0 }
        return frame.withUnsafeBytes {
            $0.loadUnaligned(fromByteOffset: Place.messageID, as: UInt64.self)
        }
    }

    func begin(outstanding: Int) throws {
        for _ in 0..<outstanding { append(first) }
        try flush()
    }

    /// One read, and one write of what follows from it.
    func turn() throws {
        let room = Self.room - incomingCount
        let count = recv(descriptor, incoming + incomingCount, room, 0)
        guard count > 0 else {
            throw count < 0 ? FloorFailure("recv") : FloorFailure(sentence: "the peer closed")
        }
        incomingCount += count
        var start = 0
        while let size = frameSize(at: start) {
            answered(incoming + start)
            start += size
        }
        incomingCount -= start
        if incomingCount > 0 && start > 0 {
            memmove(incoming, incoming + start, incomingCount)
        }
        try flush()
    }

    private func frameSize(at start: Int) -> Int? {
        guard incomingCount - start >= 4 else { return nil }
        let length = incoming.loadUnaligned(fromByteOffset: start, as: UInt32.self)
        let size = 4 + Int(UInt32(bigEndian: length))
        return incomingCount - start >= size ? size : nil
    }

    private func answered(_ frame: UnsafeRawPointer) {
        let status = frame.loadUnaligned(fromByteOffset: Place.status, as: UInt32.self)
        if status == Self.pending { return }
        if status != 0 { errors += 1 }
        let command = frame.loadUnaligned(fromByteOffset: Place.command, as: UInt16.self)
        if command == Self.create && status == 0 {
            append(close)
            let place = outgoingCount - close.count + Place.fileOfClose
            memcpy(outgoing + place, frame + Place.fileOfCreateResponse, 16)
        } else {
            if status == 0 { operations += 1 }
            append(first)
        }
    }

    private func append(_ frame: [UInt8]) {
        memcpy(outgoing + outgoingCount, frame, frame.count)
        outgoing.storeBytes(
            of: messageID,
            toByteOffset: outgoingCount + Place.messageID,
            as: UInt64.self
        )
        messageID += 1
        outgoingCount += frame.count
    }

    private func flush() throws {
        guard outgoingCount > 0 else { return }
        let count = send(descriptor, outgoing, outgoingCount, 0)
        guard count == outgoingCount else { throw FloorFailure("send") }
        outgoingCount = 0
    }
}
