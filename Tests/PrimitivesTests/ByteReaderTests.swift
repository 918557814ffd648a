import Primitives
import Testing

@Suite struct ByteReaderTests {
    @Test func `fields are little-endian`() throws {
        var reader = ByteReader([1, 2, 0, 3, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0])
        #expect(try reader.uint8() == 1)
        #expect(try reader.uint16() == 2)
        #expect(try reader.uint32() == 3)
        #expect(try reader.uint64() == 4)
        #expect(reader.isAtEnd)
    }

    @Test func `a field beyond the end is an error that names its place`() {
        var reader = ByteReader([1, 2, 3])
        #expect(throws: WireError.truncated(offset: 0, count: 4)) { try reader.uint32() }
    }

    @Test func `a slice ends where it was told to and cannot see beyond`() throws {
        let reader = ByteReader([0, 1, 2, 3, 4, 5], in: 1..<5)
        var slice = try reader.slice(at: 1, count: 2)
        #expect(try slice.bytes(2) == [2, 3])
        #expect(throws: WireError.self) { try slice.uint8() }
        #expect(throws: WireError.self) { try reader.slice(at: 3, count: 2) }
        #expect(throws: WireError.self) { try reader.slice(at: .max, count: 2) }
    }

    @Test func `text ends at its NUL or at the end`() {
        var reader = ByteReader([0x61, 0, 0, 0, 0x62, 0, 0x63])
        #expect(reader.utf16UntilNull() == "a")
        #expect(reader.utf16UntilNull() == "b")
    }

    @Test func `what is written is read back`() throws {
        var writer = ByteWriter()
        writer.uint8(7)
        writer.beginMessage()
        writer.uint16(0xBEEF)
        writer.align(to: 8)
        writer.utf16("ä")
        writer.patch(uint32: 0xDEAD_BEEF, at: 2)
        #expect(writer.bytes == [7, 0xEF, 0xBE, 0xEF, 0xBE, 0xAD, 0xDE, 0, 0, 0xE4, 0])
        #expect(writer.offset == 10)
    }

    @Test(arguments: UInt64(0)..<200) func `no sequence of reads traps`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var reader = ByteReader((0..<40).map { _ in UInt8.random(in: 0...255, using: &random) })
        for _ in 0..<40 {
            let number = Int(Int16.random(in: .min ... .max, using: &random))
            switch Int.random(in: 0..<6, using: &random) {
            case 0: _ = try? reader.uint64()
            case 1: _ = try? reader.bytes(number)
            case 2: _ = try? reader.utf16(byteCount: number)
            case 3: try? reader.seek(to: number)
            case 4: _ = try? reader.slice(at: number, count: number)
            default: reader.align(to: 8)
            }
            #expect(reader.remaining >= 0)
        }
    }
}
