import Primitives
import SMBWire
import Testing

@Suite struct FrameAssemblerTests {
    @Test(arguments: UInt64(0)..<200) func `frames come out whole, however they are cut`(
        seed: UInt64
    ) throws {
        var random = SplitMix64(seed: seed)
        let messages = (0..<20).map { _ in
            [UInt8](
                repeating: .random(in: 0...255, using: &random),
                count: .random(in: 0...400, using: &random)
            )
        }
        var stream = messages.flatMap { DirectTCP.prefix(length: $0.count) + $0 }[...]
        var assembler = FrameAssembler()
        var taken: [[UInt8]] = []
        while !stream.isEmpty {
            let count = Int.random(in: 1...700, using: &random)
            assembler.append(Array(stream.prefix(count)))
            stream = stream.dropFirst(count)
            while let (bytes, frame) = try assembler.next() { taken.append(Array(bytes[frame])) }
        }
        #expect(taken == messages)
        #expect(assembler == FrameAssembler())
    }

    /// Copying all that is pending with each piece would move 96 GB here, and take minutes.
    @Test func `the longest frame in the pieces of a network is put together once`() throws {
        let piece = [UInt8](repeating: 7, count: 1_460)
        var assembler = FrameAssembler()
        assembler.append(DirectTCP.prefix(length: DirectTCP.lengthMax))
        var rest = DirectTCP.lengthMax
        while rest > 0 {
            #expect(try assembler.next() == nil)
            assembler.append(rest >= piece.count ? piece : Array(piece[..<rest]))
            rest -= min(rest, piece.count)
        }
        #expect(try assembler.next()?.frame.count == DirectTCP.lengthMax)
        #expect(assembler.pendingCount == 0)
    }

    @Test func `assemblers with the same bytes pending are equal`() throws {
        var long = FrameAssembler()
        long.append(DirectTCP.prefix(length: 1) + [7] + [0, 0, 0, 9, 1])
        #expect(try long.next() != nil)
        var short = FrameAssembler()
        short.append([0, 0, 0])
        short.append([9, 1])
        #expect(long == short)
        #expect(long.hashValue == short.hashValue)
        #expect(long.pendingCount == 5)
        short.append([2])
        #expect(long != short)
    }

    @Test func `a keep-alive is passed over`() throws {
        var assembler = FrameAssembler()
        assembler.append([0x85, 0, 0, 0, 0x85, 0, 0, 0, 0, 0, 0, 1, 42])
        let (bytes, frame) = try #require(try assembler.next())
        #expect(Array(bytes[frame]) == [42])
        #expect(try assembler.next() == nil)
    }

    @Test func `another type is a failure, and stays one`() {
        var assembler = FrameAssembler()
        assembler.append([0x81, 0, 0, 0])
        #expect(throws: FrameAssembler.Failure.unknownType(0x81)) { try assembler.next() }
        assembler.append([0, 0, 0, 0])
        #expect(throws: FrameAssembler.Failure.unknownType(0x81)) { try assembler.next() }
    }

    @Test func `a frame above the limit is refused by its prefix alone`() throws {
        var assembler = FrameAssembler(lengthMax: 100)
        assembler.append(DirectTCP.prefix(length: 101))
        #expect(throws: FrameAssembler.Failure.tooLong(101)) { try assembler.next() }
        var exact = FrameAssembler(lengthMax: 100)
        exact.append(DirectTCP.prefix(length: 100) + [UInt8](repeating: 1, count: 100))
        #expect(try exact.next() != nil)
    }

    @Test func `prefix and message share one buffer`() {
        var writer = ByteWriter()
        DirectTCP.begin(in: &writer)
        var header = Header(command: .echo, messageID: MessageID(3))
        header.credits = 1
        header.encode(into: &writer)
        EmptyBody().encode(into: &writer)
        #expect(writer.offset == 68)
        var frame = writer.bytes
        DirectTCP.finish(&frame)
        #expect(Array(frame[..<8]) == [0, 0, 0, 68, 0xFE, 0x53, 0x4D, 0x42])
        #expect(DirectTCP.prefix(length: 0x01_02_03) == [0, 1, 2, 3])
    }

    @Test(arguments: [[5], [0], [3, 0, 70_000], [192, 191, 1]])
    func `frames in one buffer come apart as they were`(_ sizes: [Int]) {
        var all: [UInt8] = []
        for (place, size) in sizes.enumerated() {
            let start = all.count
            var writer = ByteWriter(after: &all)
            DirectTCP.begin(in: &writer)
            #expect(writer.offset == 0)
            writer.append(repeatElement(UInt8(place), count: size))
            all = writer.take()
            DirectTCP.finish(&all, from: start)
        }
        var found: [[UInt8]] = []
        DirectTCP.forEachFrame(of: all) { found.append($0) }
        let expected = sizes.enumerated().map { place, size in
            DirectTCP.prefix(length: size) + [UInt8](repeating: UInt8(place), count: size)
        }
        #expect(found == expected)
    }
}
