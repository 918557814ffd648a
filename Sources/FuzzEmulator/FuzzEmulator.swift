import Crypto
import Emulator
import Primitives
import SMBWire

/// What an emulated server reads: any bytes, at each station of a conversation.
///
/// The first byte chooses how far the conversation has come, and whether MessageIds are made right.
/// The rest are messages, each with its length in units of four bytes before it; a length of 0
/// lets a minute pass.
@c(LLVMFuzzerTestOneInput)
package func fuzzEmulator(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    guard let first = bytes.first else { return 0 }
    var conversation = stations[Int(first & 3)]
    conversation.repairsIDs = first & 4 == 0
    var rest = bytes.dropFirst()
    while let length = rest.popFirst(), conversation.isOpen {
        let piece = Array(rest.prefix(Int(length) * 4))
        rest = rest.dropFirst(piece.count)
        if piece.isEmpty { conversation.waitAMinute() } else { conversation.say(piece) }
    }
    conversation.end()
    return 0
}

/// Connected; negotiated; logged on and in a share; with files open, a lock and a watch waiting.
private let stations: [Conversation] = {
    var conversation = Conversation()
    var stations = [conversation]
    conversation.negotiate()
    stations.append(conversation)
    conversation.logon()
    conversation.connectTree()
    stations.append(conversation)
    conversation.openAndWait()
    stations.append(conversation)
    return stations
}()

/// A server whose client is the fuzzer.
private struct Conversation {
    private var emulator: Emulator
    private var effects: [EmulatorEffect] = []
    private var now = Instant.zero
    private var nextID: UInt64 = 0
    private var session = SMBSessionID.none
    private var tree = TreeID.none
    private var granted: UInt64 = 1
    private(set) var isOpen = true
    var repairsIDs = true

    init() {
        let files = [FilePlan(path: #"dir\a.txt"#, size: 1_000, seed: 1)]
        var server = ServerPlan(name: "fs1", shares: [SharePlan(name: "data", files: files)])
        server.allowsAnonymous = true
        server.strangers = .guest
        server.creditsMax = 128
        server.asyncMax = 8
        server.sessionLife = .seconds(600)
        var links = [LinkPlan(path: "eng", targets: [])]
        links[0].targets = [TargetPlan(UNCPath(components: ["fs1", "data"]))]
        let target = TargetPlan(UNCPath(components: ["fs1", "dfs"]))
        let root = RootPlan(name: "dfs", kind: .standalone, targets: [target], links: links)
        emulator = Emulator(NamespacePlan(servers: [server], roots: [root]), seed: 1)
        emulator.connect(1, toServer: 0, at: now, into: &effects)
        effects = []
    }

    /// Sends a message of the fuzzer's.
    ///
    /// Most are to get past the window and the session, or nothing behind them would be tried.
    mutating func say(_ message: [UInt8]) {
        var message = message
        let frame = 0..<message.count
        if repairsIDs, message.count >= Header.size, FrameKind.of(message, in: frame) == .smb2 {
            put(nextID, at: 24, into: &message)
            put(session.rawValue, at: 40, into: &message)
        }
        receive(DirectTCP.prefix(length: message.count) + message)
        nextID += 1
    }

    private func put(_ value: UInt64, at place: Int, into bytes: inout [UInt8]) {
        for index in 0..<8 {
            bytes[place + index] = UInt8(truncatingIfNeeded: value >> (8 * UInt64(index)))
        }
    }

    mutating func waitAMinute() {
        now = now + .seconds(60)
        emulator.timerFired(at: now, into: &effects)
        _ = hear()
    }

    /// The connection ends: nothing of it may be left.
    mutating func end() {
        if isOpen { emulator.closed(1, at: now, into: &effects) }
        precondition(emulator.waits.isEmpty, "somebody waits who is gone")
        precondition(emulator.servers[0].sessionsAlive == 0, "an SMB session outlived its end")
    }

    @discardableResult
    private mutating func receive(_ bytes: [UInt8]) -> [(header: Header, body: AnyBody)] {
        emulator.received(1, bytes, at: now, into: &effects)
        return hear()
    }

    /// What came back; it must be what a client can read, and its credits those of the server.
    private mutating func hear() -> [(header: Header, body: AnyBody)] {
        var heard: [(header: Header, body: AnyBody)] = []
        for effect in effects {
            switch effect {
            case .send(_, let frame):
                let range = DirectTCP.prefixSize..<frame.count
                guard let messages = try? Message.all(of: frame, in: range) else {
                    preconditionFailure("the server sent what nobody can read")
                }
                for message in messages { granted += UInt64(message.header.credits) }
                heard += messages
            case .disconnect: isOpen = false
            case .accepted, .refused, .faulted: break
            }
        }
        effects = []
        if let credits = emulator.credits(of: 1) {
            precondition(credits.granted == granted, "credits were lost or forged")
            precondition(credits.available > 0 && credits.available <= 128, "no credit is left")
        }
        return heard
    }
}

extension Conversation {
    private mutating func ask(_ command: Command, _ body: AnyBody) -> (Header, AnyBody)? {
        var header = Header(command: command, messageID: MessageID(nextID))
        nextID += 1
        header.creditCharge = 1
        header.credits = 16
        header.sessionID = session
        header.treeID = tree
        var writer = ByteWriter()
        DirectTCP.begin(in: &writer)
        header.encode(into: &writer)
        body.encode(into: &writer)
        var frame = writer.take()
        DirectTCP.finish(&frame)
        return receive(frame).last.map { ($0.header, $0.body) }
    }

    mutating func negotiate() {
        let request = NegotiateRequest(
            securityMode: .signingEnabled,
            capabilities: .largeMTU,
            clientGUID: GUID(high: 1, low: 2),
            dialects: [.smb302],
            contexts: []
        )
        _ = ask(.negotiate, .negotiateRequest(request))
    }

    mutating func logon() {
        var client = NTLMClient(user: "", domain: "", ntHash: [])
        var random = SplitMix64(seed: 1)
        var input: [UInt8] = []
        while case .token(let token, let isComplete, _) = client.received(input, random: &random) {
            let setup = SessionSetupRequest(
                isBinding: false,
                securityMode: .signingEnabled,
                capabilities: [],
                previousSessionID: .none,
                token: token
            )
            guard let (header, body) = ask(.sessionSetup, .sessionSetupRequest(setup)),
                case .sessionSetupResponse(let response) = body
            else { preconditionFailure("the anonymous user was refused") }
            session = header.sessionID
            input = response.token
            if isComplete { break }
        }
    }

    mutating func connectTree() {
        let request = TreeConnectRequest(path: #"\\fs1\data"#)
        tree = ask(.treeConnect, .treeConnectRequest(request))?.0.treeID ?? .none
    }

    private mutating func open(_ name: String, _ options: CreateOptions = []) -> FileID {
        let request = CreateRequest(
            oplockLevel: .batch,
            desiredAccess: [.readData, .writeData],
            shareAccess: .all,
            disposition: .openIf,
            options: options,
            name: name
        )
        guard case .createResponse(let response)? = ask(.create, .createRequest(request))?.1 else {
            preconditionFailure("\(name) was not opened")
        }
        return response.fileID
    }

    /// Leaves opens of the first numbers, a change notification that waits, and a held range.
    mutating func openAndWait() {
        let directory = open("dir", .directoryFile)
        let file = open("held")
        let range = LockElement(offset: 0, length: 10, flags: .exclusive)
        _ = ask(.lock, .lockRequest(LockRequest(fileID: file, elements: [range])))
        let watch = ChangeNotifyRequest(
            watchesTree: true,
            outputBufferLength: 4_096,
            fileID: directory,
            filter: .fileName
        )
        _ = ask(.changeNotify, .changeNotifyRequest(watch))
    }
}
