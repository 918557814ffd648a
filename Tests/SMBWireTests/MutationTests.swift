import Primitives
import SMBWire
import Testing

@Suite struct MutationTests {
    /// Small inputs that cover each command and form; big ones cost time and find nothing more.
    private static let seeds = VectorFile.all.filter { $0.bytes.count < 1_000 }

    @Test(arguments: 0..<4) func `a mutated message decodes or is refused`(_ part: Int) {
        var random = SplitMix64(seed: UInt64(part))
        var outcomes = (decoded: 0, refused: 0)
        for index in stride(from: part, to: Self.seeds.count, by: 4) {
            for _ in 0..<250 {
                let bytes = mutated(Self.seeds[index].bytes, using: &random)
                if decodes(bytes) { outcomes.decoded += 1 } else { outcomes.refused += 1 }
            }
        }
        #expect(outcomes.decoded > 1_000)
        #expect(outcomes.refused > 1_000)
    }

    private func mutated(_ seed: [UInt8], using random: inout SplitMix64) -> [UInt8] {
        var bytes = seed
        for _ in 0..<Int.random(in: 1...3, using: &random) where !bytes.isEmpty {
            // Fields are at the front: that is where changes hurt.
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

    private func decodes(_ bytes: [UInt8]) -> Bool {
        switch FrameKind.of(bytes, in: 0..<bytes.count) {
        case .smb2:
            guard let messages = try? Message.all(of: bytes, in: 0..<bytes.count) else {
                return false
            }
            for case .error(let error) in messages.map(\.body) {
                _ = error.neededLength
                _ = try? error.symlink()
            }
            return true
        case .smb1:
            var reader = ByteReader(bytes)
            return (try? SMB1Negotiate(from: &reader)) != nil
        case .transform:
            var reader = ByteReader(bytes)
            return (try? TransformHeader(from: &reader)) != nil
        case .compressed, .unknown: return false
        }
    }
}
