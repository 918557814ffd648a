import Primitives
import Redirector
import SMBWire

/// What a redirector reads: any bytes, in pieces, at each station of an exchange.
@c(LLVMFuzzerTestOneInput)
package func fuzzRedirector(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    guard let first = bytes.first else { return 0 }
    var settings = RedirectorSettings(clientGUID: GUID(high: 1, low: 2))
    settings.allowsGuest = first & 1 == 1
    var exchange = Exchange(settings)
    exchange.start()
    // The rest of the input are frames of the server's, as long as it says.
    var rest = bytes.dropFirst()
    while let length = rest.popFirst() {
        let piece = Array(rest.prefix(Int(length) * 4))
        rest = rest.dropFirst(piece.count)
        exchange.hear(DirectTCP.prefix(length: piece.count) + piece)
    }
    exchange.end()
    precondition(exchange.answers <= exchange.asked, "something was answered twice")
    return 0
}

/// A redirector whose server is the fuzzer.
private struct Exchange {
    private var redirector: Redirector
    private var connection: ConnectionNumber?
    private(set) var asked = 0
    private(set) var answers = 0

    init(_ settings: RedirectorSettings) {
        redirector = Redirector(settings: settings, random: SplitMix64(seed: 1))
    }

    mutating func start() {
        var effects: [RedirectorEffect] = []
        ask(.connect(server: "fs1"), into: &effects)
        run(effects)
    }

    private mutating func ask(_ request: Request, into effects: inout [RedirectorEffect]) {
        asked += 1
        redirector.submit(request, tag: asked, at: .zero, into: &effects)
    }

    mutating func hear(_ bytes: [UInt8]) {
        guard let connection else { return }
        var effects: [RedirectorEffect] = []
        redirector.received(connection, bytes, at: .zero, into: &effects)
        run(effects)
    }

    mutating func end() {
        guard let connection else { return }
        var effects: [RedirectorEffect] = []
        redirector.transportClosed(
            connection,
            .connectionReset,
            sentence: "over",
            at: .zero,
            into: &effects
        )
        run(effects)
    }

    private mutating func run(_ first: [RedirectorEffect]) {
        var effects = first
        while !effects.isEmpty {
            var next: [RedirectorEffect] = []
            for effect in effects {
                switch effect {
                case .connect(let number, _):
                    connection = number
                    redirector.transportConnected(number, at: .zero, into: &next)
                case .token(let session, _, _, _):
                    redirector.tokenReady(
                        session,
                        .output(
                            [1],
                            isComplete: true,
                            sessionKey: [UInt8](repeating: 1, count: 16)
                        ),
                        at: .zero,
                        into: &next
                    )
                case .answered(_, let answer):
                    answers += 1
                    goOn(answer, into: &next)
                case .send, .disconnect, .tokenEnd, .broke, .lost: break
                }
            }
            effects = next
        }
    }

    /// The next request of an ordinary exchange; a bounded number of them.
    private mutating func goOn(_ answer: Answer, into effects: inout [RedirectorEffect]) {
        guard asked < 64 else { return }
        switch answer.result {
        case .connection(let number): ask(.logon(number, user: 0), into: &effects)
        case .smbSession(let session):
            let share = UNCPath(components: ["fs1", "data"])
            ask(.treeConnect(session, share: share), into: &effects)
        case .tree(let tree, _):
            ask(.create(tree, CreateParameters(name: "a", access: .readData)), into: &effects)
            ask(.referral(tree, [0], isExtended: false, outputMax: 4_096), into: &effects)
        case .open(let open, _):
            ask(.read(open, offset: 0, count: 70_000), into: &effects)
            ask(.queryDirectory(open, pattern: "*", restarts: true), into: &effects)
            ask(.lock(open, []), into: &effects)
        case .nothing, .bytes, .written, .compound: break
        }
    }
}
