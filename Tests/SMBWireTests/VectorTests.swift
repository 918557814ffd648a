import Primitives
import SMBWire
import Testing

/// Every message that Samba, smbclient, libsmb2 and a raw client exchanged, decoded and encoded.
@Suite struct VectorTests {
    @Test func `all vectors are there`() {
        #expect(VectorFile.captures.count == 731)
        #expect(VectorFile.clients.count == 209)
        #expect(VectorFile.published.count == 16)
        #expect(VectorFile.all.filter(\.isSMB2).count == 955)
    }

    @Test func `every message decodes and encodes to the same bytes`() throws {
        var departures: [Departure: Int] = [:]
        for vector in VectorFile.all where vector.isSMB2 {
            for element in try Message.elements(of: vector.bytes, in: 0..<vector.bytes.count) {
                let theirs = Array(vector.bytes[element])
                let (header, ours) = try recoded(theirs)
                guard ours != theirs else { continue }
                let departure = try #require(
                    Departure.allCases.first { $0.explains(ours, theirs, header) },
                    "\(vector.name)"
                )
                departures[departure, default: 0] += 1
            }
        }
        // Each departure is a known habit of a sender; a new one, or one more, is a fault.
        #expect(
            departures == [
                .paddedEnd: 37, .terminatedName: 3, .interimJunk: 16, .paddedContext: 6,
                .outputOffset: 4, .channelOffset: 2,
                .wantedOffset: 6, .emptyInput: 5,
            ]
        )
    }

    @Test func `labels name the command and the direction that the header has`() throws {
        let labels = ["NEGOTIATE", "SESSION_SETUP", "TREE_CONNECT", "IOCTL", "LOGOFF"]
        var checked = 0
        for vector in VectorFile.captures where vector.isSMB2 {
            let words = vector.name.split(separator: " ")
            guard labels.contains(String(words[1])),
                ["req", "resp"].contains(words[words.count - 1])
            else { continue }
            var reader = ByteReader(vector.bytes)
            let header = try Header(from: &reader)
            #expect(header.command.name == words[1], "\(vector.name)")
            #expect(header.isResponse == vector.name.hasSuffix("resp"), "\(vector.name)")
            checked += 1
        }
        #expect(checked > 200)
    }

    @Test func `every encrypted message has a transform header of its session`() throws {
        var count = 0
        for vector in VectorFile.all {
            guard let encrypted = vector.encrypted else { continue }
            #expect(FrameKind.of(encrypted, in: 0..<encrypted.count) == .transform)
            var reader = ByteReader(encrypted)
            let transform = try TransformHeader(from: &reader)
            #expect(Int(transform.originalMessageSize) == encrypted.count - TransformHeader.size)
            #expect(Int(transform.originalMessageSize) == vector.bytes.count)
            var writer = ByteWriter()
            transform.encode(into: &writer)
            #expect(writer.bytes == Array(encrypted[..<TransformHeader.size]))
            count += 1
        }
        #expect(count == 54)
    }

    private func recoded(_ message: [UInt8]) throws -> (Header, [UInt8]) {
        var reader = ByteReader(message)
        let header = try Header(from: &reader)
        let body = try AnyBody(of: header, from: &reader)
        var writer = ByteWriter()
        header.encode(into: &writer)
        body.encode(into: &writer)
        if header.nextCommand != 0 { writer.align(to: 8) }
        return (header, writer.bytes)
    }
}

/// Why a sender's bytes differ from ours although they mean the same.
private enum Departure: CaseIterable {
    /// libsmb2 and Samba's last element of a compound end on a multiple of 8.
    case paddedEnd
    /// smbclient's CREATE has a NUL behind the name.
    case terminatedName
    /// Samba's interim responses have a byte 0x21 where the empty error data is.
    case interimJunk
    /// libsmb2's list of one cipher says a DataLength of 8.
    case paddedContext
    /// smbclient's IOCTL names a place for an output that it does not send.
    case outputOffset
    /// Windows' WRITE names a place for channel information that it does not send.
    case channelOffset
    /// smbclient and libsmb2 say in READ where they want the data in the response.
    case wantedOffset
    /// smbclient and libsmb2 send a byte, or a place, for a QUERY_INFO input that is empty.
    case emptyInput

    func explains(_ ours: [UInt8], _ theirs: [UInt8], _ header: Header) -> Bool {
        switch self {
        case .paddedEnd: padded(ours) == theirs
        case .terminatedName: header.command == .create && ours + [0, 0] == theirs
        case .interimJunk:
            header.status == .pending && ours == Array(theirs[..<72]) + [0] && theirs[72] == 0x21
        case .paddedContext:
            header.command == .negotiate && theirs[162] == 8
                && padded(ours)
                    == zeroed(theirs, 162)
                    .with(4, at: 162)
        case .outputOffset: header.command == .ioctl && ours == zeroed(theirs, 100)
        case .channelOffset: header.command == .write && ours == zeroed(theirs, 104)
        case .wantedOffset:
            header.command == .read && [ours, padded(ours)].contains(theirs.with(ours[66], at: 66))
        case .emptyInput:
            header.command == .queryInfo && [ours, ours + [0]].contains(zeroed(theirs, 72))
        }
    }

    private func padded(_ bytes: [UInt8]) -> [UInt8] {
        bytes + [UInt8](repeating: 0, count: (8 - bytes.count % 8) % 8)
    }

    private func zeroed(_ bytes: [UInt8], _ place: Int) -> [UInt8] { bytes.with(0, at: place) }
}

extension [UInt8] {
    func with(_ byte: UInt8, at place: Int) -> [UInt8] {
        var bytes = self
        bytes[place] = byte
        return bytes
    }
}
