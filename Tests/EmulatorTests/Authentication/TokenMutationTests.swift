import Emulator
import Primitives
import SMBWire
import Testing

/// Tokens from outside may be anything.
@Suite struct TokenMutationTests {
    private static func mutate(_ bytes: [UInt8], _ random: inout SplitMix64) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes[place] ^= 1 << UInt8.random(in: 0...7, using: &random)
            case 2: bytes.remove(at: place)
            default: bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random))
            }
        }
        return bytes
    }

    @Test(arguments: UInt64(0)..<100)
    func `no changed token traps, and none logs on whose proof was changed`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for logon in CapturedLogon.byGSSAPI + CapturedLogon.bySmbclient + CapturedLogon.byLibsmb2 {
            var server = Authentication(Dialogue.settings())
            for token in [logon.tokens[0], logon.tokens[2]] {
                for _ in 0..<4 {
                    var copy = server
                    let bytes = Self.mutate(token, &random)
                    let step = copy.received(bytes, random: &random, at: .zero)
                    // The captured proof is for another challenge, so nothing may succeed.
                    if case .done = step { Issue.record("logged on with \(bytes.hex)") }
                }
                _ = server.received(token, random: &random, at: .zero)
            }
        }
    }

    @Test(arguments: UInt64(0)..<100)
    func `a client that is sent anything goes on or gives up`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let challenges = CapturedLogon.byLibsmb2.map { $0.tokens[1] }
        for challenge in challenges {
            var client = NTLMClient(user: "u", domain: "d", ntHash: Dialogue.alice.ntHash)
            _ = client.received([], random: &random)
            switch client.received(Self.mutate(challenge, &random), random: &random) {
            case .failed(let status): #expect(status == .invalidNetworkResponse)
            case .token(let token, let isComplete, let key):
                #expect(isComplete && key?.count == 16)
                #expect(throws: Never.self) { try NTLMAuthenticate(token) }
            }
        }
    }

    @Test func `lengths that lie and depths without end are refused`() {
        let deep = (0..<2_000).reduce([UInt8]()) { inner, _ in DER.value(DER.sequence, inner) }
        for bytes in [
            deep, [0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF], [0x30, 0x80, 0, 0],
            [0x30, 0x85, 0, 0, 0, 0, 0], [0x3F, 0x81, 0], [0x60, 0x82, 1],
        ] {
            #expect(throws: WireError.self) { try NegotiationToken(bytes) }
        }
    }

    @Test(arguments: [0, 1, 127, 128, 255, 256, 65_535, 65_536])
    func `a value of any length is read as it was written`(count: Int) throws {
        let contents = [UInt8](repeating: 7, count: count)
        var reader = DERReader(DER.value(DER.octetString, contents) + [5, 0])
        #expect(try reader.element(DER.octetString).contents == contents)
        #expect(try reader.element().encoded == [5, 0])
        #expect(reader.isAtEnd)
    }
}
