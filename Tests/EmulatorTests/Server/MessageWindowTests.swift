import Emulator
import Primitives
import SMBWire
import Testing

/// MessageIds and credits as a client sees them ([MS-SMB2] 3.3.1.1, 3.3.1.2, 3.3.5.2.3).
@Suite struct MessageWindowTests {
    private func echo(_ client: inout RawClient, id: UInt64, credits: UInt16 = 1) -> Bool {
        var header = Header(command: .echo, messageID: MessageID(id))
        header.credits = credits
        return client.ask(header, .empty(EmptyBody())) != nil
    }

    @Test func `a MessageId that was used ends the connection`() {
        var client = RawClient.inShare()
        let used = client.nextID - 1
        #expect(echo(&client, id: used) == false)
        #expect(client.reason == "MessageId \(used) is used or was not granted")
        #expect(client.server.openConnections.isEmpty)
    }

    @Test func `a MessageId that was not granted ends the connection`() {
        var client = RawClient.inShare()
        let first = UInt64(client.granted)
        #expect(echo(&client, id: first) == false)
        #expect(client.reason != nil)
    }

    @Test func `MessageIds may come in any order, each once`() {
        var client = RawClient.inShare()
        let ids = Array(client.nextID..<UInt64(client.granted))
        var random = SplitMix64(seed: 2)
        for id in ids.shuffled(using: &random) { #expect(echo(&client, id: id)) }
        #expect(client.reason == nil)
        #expect(echo(&client, id: ids[3]) == false)
    }

    @Test(arguments: UInt64(0)..<50)
    func `the window agrees with a list of what was granted and used`(seed: UInt64) {
        var client = RawClient.inShare([.smb311]) { $0.servers[0].creditsMax = 96 }
        var random = SplitMix64(seed: seed)
        var used = Set(0..<client.nextID)
        for _ in 0..<400 {
            let granted = UInt64(client.granted)
            let id = UInt64.random(in: 0...granted, using: &random)
            let charge = UInt16.random(in: 0...4, using: &random)
            let ids = id..<id + UInt64(max(1, charge))
            let isAllowed = ids.upperBound <= granted && used.isDisjoint(with: ids)
            guard isAllowed || Int.random(in: 0..<100, using: &random) == 0 else { continue }
            var header = Header(command: .echo, messageID: MessageID(id))
            header.creditCharge = charge
            header.credits = UInt16.random(in: 0...20, using: &random)
            #expect((client.ask(header, .empty(EmptyBody())) != nil) == isAllowed)
            guard isAllowed else { return }
            used.formUnion(ids)
            let account = client.server.credits(of: 1)
            #expect(account?.granted == UInt64(client.granted))
            #expect(account?.available == client.granted - used.count)
            #expect((1...96).contains(client.granted - used.count))
        }
    }

    @Test func `what is asked for is granted, up to the limit`() {
        var client = RawClient.inShare { $0.servers[0].creditsMax = 100 }
        _ = client.ask(client.header(.echo, credits: 500), .empty(EmptyBody()))
        #expect(client.server.credits(of: 1)?.available == 100)
        let reply = client.ask(client.header(.echo, credits: 500), .empty(EmptyBody()))
        #expect(reply?.header.credits == 1)
    }

    @Test func `who asks for nothing keeps what it has`() {
        var client = RawClient.inShare()
        let before = client.server.credits(of: 1)?.available
        let reply = client.ask(client.header(.echo, credits: 0), .empty(EmptyBody()))
        #expect(reply?.header.credits == 1)
        #expect(client.server.credits(of: 1)?.available == before)
    }

    @Test func `an id that is held back stops the window`() {
        var client = RawClient.inShare { $0.servers[0].creditsMax = 50 }
        let held = client.nextID
        client.nextID += 1
        while client.server.credits(of: 1).map({ $0.available > 1 }) ?? false {
            _ = client.ask(client.header(.echo, credits: 50), .empty(EmptyBody()))
            #expect(client.reason == nil)
        }
        #expect(UInt64(client.granted) - held <= 100)
        #expect(echo(&client, id: held, credits: 50))
        #expect(client.server.credits(of: 1)?.available == 50)
    }

    @Test func `a large transfer must be paid`() throws {
        var client = RawClient.inShare()
        let file = client.open("big")
        let write = AnyBody.writeRequest(
            WriteRequest(offset: 0, fileID: file, data: [UInt8](repeating: 1, count: 65_537))
        )
        #expect(client.ask(client.header(.write, charge: 1), write)?.status == .invalidParameter)
        #expect(client.ask(client.header(.write, charge: 2), write)?.status == .success)
        let read = AnyBody.readRequest(ReadRequest(length: 65_537, offset: 0, fileID: file))
        #expect(client.ask(client.header(.read, charge: 0), read)?.status == .invalidParameter)
    }

    @Test func `no transfer is larger than the server said`() {
        var client = RawClient.inShare { $0.servers[0].transferMax = 131_072 }
        let file = client.open("big")
        let read = AnyBody.readRequest(ReadRequest(length: 131_073, offset: 0, fileID: file))
        #expect(client.ask(client.header(.read, charge: 3), read)?.status == .invalidParameter)
    }

    @Test func `a virtual circuit has one command outstanding`() {
        var client = RawClient.inShare { $0.servers[0].isVirtualCircuit = true }
        #expect(client.server.credits(of: 1)?.available == 1)
        let directory = client.open("dir", options: .directoryFile)
        let pending = client.ask(
            client.header(.changeNotify, credits: 9),
            RawClient.notify(directory)
        )
        #expect(pending?.status == .pending)
        #expect(pending?.header.credits == 0)
        #expect(client.server.credits(of: 1)?.available == 0)
        client.cancel(pending?.header.messageID ?? MessageID(0), async: pending?.header.asyncID)
        #expect(client.frames.last?.map(\.status) == [.cancelled])
        #expect(client.frames.last?.map(\.header.credits) == [1])
        #expect(client.server.credits(of: 1)?.available == 1)
    }
}
