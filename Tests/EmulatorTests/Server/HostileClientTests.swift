import Emulator
import Foundation
import Primitives
import SMBWire
import Testing

/// Whatever comes, the server does not trap, and keeps its books.
@Suite struct HostileClientTests {
    private static func mutate(_ seed: [UInt8], _ random: inout SplitMix64) -> [UInt8] {
        var bytes = seed
        for _ in 0..<Int.random(in: 1...3, using: &random) where !bytes.isEmpty {
            let end = Bool.random(using: &random) ? min(bytes.count, 136) : bytes.count
            let place = Int.random(in: 0..<end, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: bytes[place] = .random(in: 0...255, using: &random)
            case 1: bytes[place] = [0, 1, 0x7F, 0x80, 0xFF][Int.random(in: 0..<5, using: &random)]
            case 2: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 3: bytes.removeLast(Int.random(in: 0..<bytes.count - place, using: &random))
            default:
                for index in place..<min(place + 4, bytes.count) { bytes[index] = 0xFF }
            }
        }
        return bytes
    }

    private static func framed(_ message: [UInt8]) -> [UInt8] {
        DirectTCP.prefix(length: message.count) + message
    }

    /// The captured requests of conversations that began as each group does.
    private static let conversations = CapturedRequests.conversations

    /// A client within a conversation, and what it says from there on.
    private struct Station {
        let client: RawClient
        let messages: ArraySlice<[UInt8]>
    }

    private static let stations = conversations.flatMap { conversation in
        var client = RawClient { $0.servers[0].strangers = .guest }
        var stations: [Station] = []
        for place in conversation.indices where client.reason == nil {
            stations.append(Station(client: client, messages: conversation[place...]))
            client.receive(framed(conversation[place]))
        }
        return stations
    }
    private static let inShare = RawClient.inShare()

    @Test func `the captures are there`() { #expect(Self.stations.count >= 200) }

    @Test(arguments: 0..<4)
    func `captured conversations with changes do not trap`(_ part: Int) {
        for number in stride(from: part, to: 10_000, by: 4) {
            var random = SplitMix64(seed: UInt64(number))
            let station = Self.stations[Int.random(in: 0..<Self.stations.count, using: &random)]
            var client = station.client
            client.receive(Self.framed(Self.mutate(station.messages.first ?? [], &random)))
            for message in station.messages.dropFirst().prefix(2) where client.reason == nil {
                client.receive(Self.framed(message))
            }
            check(client)
        }
    }

    @Test(arguments: 0..<4)
    func `changed requests in an SMB session do not trap, and are answered once`(_ part: Int) {
        for number in stride(from: part, to: 4_000, by: 4) {
            var random = SplitMix64(seed: UInt64(number))
            var client = Self.inShare
            for _ in 0..<3 where client.reason == nil {
                var message = Self.request(&client, &random)
                // The header up to the command stays, so that the body is looked at.
                let body = Self.mutate(Array(message[Header.size...]), &random)
                message.replaceSubrange(Header.size..., with: body)
                client.receive(Self.framed(message))
            }
            check(client)
        }
    }

    /// One of all commands, on an open that exists.
    private static func request(_ client: inout RawClient, _ random: inout SplitMix64) -> [UInt8] {
        let file = client.open("dir", options: .directoryFile)
        let bodies: [(Command, AnyBody)] = [
            (.create, RawClient.create("a", oplock: .batch)),
            (.create, RawClient.create("a", contexts: [.queryMaximalAccess, .queryOnDiskID])),
            (.lock, RawClient.lock(file)),
            (.changeNotify, RawClient.notify(file)),
            (.close, .closeRequest(CloseRequest(fileID: file))),
            (
                .queryInfo,
                .queryInfoRequest(
                    QueryInfoRequest(
                        infoType: .file,
                        informationClass: 18,
                        outputBufferLength: 1_000,
                        fileID: file
                    )
                )
            ),
            (
                .queryDirectory,
                .queryDirectoryRequest(
                    QueryDirectoryRequest(
                        informationClass: 37,
                        flags: [],
                        fileID: file,
                        outputBufferLength: 4_096,
                        pattern: "*"
                    )
                )
            ),
            (
                .ioctl,
                .ioctlRequest(
                    IoctlRequest(
                        code: .dfsGetReferrals,
                        input: [4, 0, 92, 0, 97, 0, 0, 0],
                        maxOutputResponse: 4_096
                    )
                )
            ),
            (.treeConnect, .treeConnectRequest(TreeConnectRequest(path: #"\\fs1\data"#))),
        ]
        let (command, body) = bodies[Int.random(in: 0..<bodies.count, using: &random)]
        let frame = RawClient.frame([(client.header(command), body)])
        return Array(frame[DirectTCP.prefixSize...])
    }

    /// Nothing is answered more than once, and credits are what was granted.
    private func check(_ client: RawClient) {
        var last: Set<MessageID> = []
        for reply in client.frames.flatMap({ $0 })
        where reply.status != .pending && reply.header.messageID != .unsolicited {
            #expect(last.insert(reply.header.messageID).inserted)
        }
        guard client.reason == nil, let account = client.server.credits(of: 1) else { return }
        #expect(account.granted == UInt64(client.granted))
        #expect(account.available > 0)
    }
}

/// What clients sent in the captures, conversation by conversation.
enum CapturedRequests {
    private struct Capture: Decodable {
        struct Message: Decodable {
            let dir: String
            let hex: String
            let plain: String?
        }
        let messages: [Message]
    }

    static let conversations: [[[UInt8]]] = {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Vectors/captures.json")
        guard let data = try? Data(contentsOf: file),
            let captures = try? JSONDecoder().decode([String: Capture].self, from: data)
        else { return [] }
        return captures.sorted { $0.key < $1.key }.map { _, capture in
            capture.messages.filter { $0.dir == "C->S" }.map { ($0.plain ?? $0.hex).bytes }
        }.filter { !$0.isEmpty }
    }()
}
