internal import Primitives

/// The bytes of one file, in chunks: what was never written takes no memory.
///
/// A planned file's bytes come from its seed until they are written over.
struct FileContent: Hashable, Sendable {
    static let chunkBytes: UInt64 = 65_536
    /// Bytes; no file may be longer: NTFS's limit, 16 TiB less 64 KiB ([MS-FSA] 2.1.5.4).
    static let endMax: UInt64 = 0xFFF_FFFF_0000

    private(set) var endOfFile: UInt64 = 0
    /// Ascending; `chunks[i]` is the beginning of chunk `numbers[i]`, its rest is zeros.
    private var numbers: [UInt64] = []
    private var chunks: [[UInt8]] = []
    private var seed: UInt64 = 0
    /// Below it, chunks that are not there come from the seed.
    private var seededEnd: UInt64 = 0

    init() {}

    init(size: UInt64, seed: UInt64) {
        endOfFile = size
        self.seed = seed
        seededEnd = size
    }

    /// Up to `count` bytes from `offset`; fewer at the end of file.
    func read(at offset: UInt64, count: Int) -> [UInt8] {
        guard offset < endOfFile, count > 0 else { return [] }
        let end = min(endOfFile, offset + UInt64(count))
        var bytes: [UInt8] = []
        // Seeded bytes come in whole words.
        bytes.reserveCapacity(Int(end - offset) + 16)
        var position = offset
        while position < end {
            let number = position / Self.chunkBytes
            let stop = min(end, (number + 1) * Self.chunkBytes)
            append(position..<stop, ofChunk: number, to: &bytes)
            position = stop
        }
        return bytes
    }

    private func append(_ range: Range<UInt64>, ofChunk number: UInt64, to bytes: inout [UInt8]) {
        guard let place = place(of: number) else {
            let seeded = range.clamped(to: 0..<max(seededEnd, range.lowerBound))
            FilePlan.append(seeded, of: seed, to: &bytes)
            bytes.append(contentsOf: repeatElement(0, count: range.count - seeded.count))
            return
        }
        let first = number * Self.chunkBytes
        let inside = Int(range.lowerBound - first)..<Int(range.upperBound - first)
        let there = inside.clamped(to: 0..<chunks[place].count)
        bytes += chunks[place][there]
        bytes.append(contentsOf: repeatElement(0, count: inside.count - there.count))
    }

    mutating func write(_ data: [UInt8], at offset: UInt64) {
        var done = 0
        while done < data.count {
            let position = offset + UInt64(done)
            let number = position / Self.chunkBytes
            let first = Int(position - number * Self.chunkBytes)
            let count = min(data.count - done, Int(Self.chunkBytes) - first)
            overwrite(data[done..<done + count], at: first, inChunk: number)
            done += count
        }
        endOfFile = max(endOfFile, offset + UInt64(data.count))
    }

    private mutating func overwrite(
        _ data: ArraySlice<UInt8>,
        at first: Int,
        inChunk number: UInt64
    ) {
        let place = place(of: number) ?? insertChunk(number)
        let missing = first + data.count - chunks[place].count
        if missing > 0 { chunks[place].append(contentsOf: repeatElement(0, count: missing)) }
        chunks[place].replaceSubrange(first..<first + data.count, with: data)
    }

    private mutating func insertChunk(_ number: UInt64) -> Int {
        let place = lowerBound(of: number)
        let first = number * Self.chunkBytes
        let end = max(first, min(seededEnd, first + Self.chunkBytes))
        numbers.insert(number, at: place)
        chunks.insert(FilePlan.bytes(of: seed, in: first..<end), at: place)
        return place
    }

    /// Cuts the file off there, or lets it grow by zeros.
    mutating func setEndOfFile(_ end: UInt64) {
        if end < endOfFile {
            seededEnd = min(seededEnd, end)
            let whole = lowerBound(of: (end + Self.chunkBytes - 1) / Self.chunkBytes)
            numbers.removeSubrange(whole...)
            chunks.removeSubrange(whole...)
            if let place = place(of: end / Self.chunkBytes) {
                let rest = Int(end % Self.chunkBytes)
                if chunks[place].count > rest { chunks[place].removeSubrange(rest...) }
            }
        }
        endOfFile = end
    }

    private func lowerBound(of number: UInt64) -> Int {
        var low = 0
        var high = numbers.count
        while low < high {
            let middle = (low + high) / 2
            if numbers[middle] < number { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private func place(of number: UInt64) -> Int? {
        let place = lowerBound(of: number)
        return place < numbers.count && numbers[place] == number ? place : nil
    }
}

extension FilePlan {
    /// The bytes that a planned file has at first: the words of `SplitMix64(seed:)`, one after
    /// the other, little-endian.
    package static func bytes(of seed: UInt64, in range: Range<UInt64>) -> [UInt8] {
        var bytes: [UInt8] = []
        append(range, of: seed, to: &bytes)
        return bytes
    }

    /// Appends them word by word, in place: they are most of what a run reads.
    static func append(_ range: Range<UInt64>, of seed: UInt64, to bytes: inout [UInt8]) {
        guard !range.isEmpty else { return }
        let firstWord = range.lowerBound / 8
        let wordCount = Int((range.upperBound - 1) / 8 - firstWord) + 1
        let start = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: wordCount * 8))
        // The generator's state only counts, so that one may begin at any word.
        var words = SplitMix64(seed: seed &+ firstWord &* 0x9E37_79B9_7F4A_7C15)
        var whole = bytes.mutableSpan
        for word in 0..<wordCount {
            let value = words.next()
            // Eight at a time: their places are proved at once, and they become one store.
            let at = start + word * 8
            var part = whole._mutatingExtracting(at..<at + 8)
            for place in 0..<8 {
                part[place] = UInt8(truncatingIfNeeded: value >> (8 * UInt64(place)))
            }
        }
        bytes.removeLast(wordCount * 8 - Int(range.upperBound - firstWord * 8))
        bytes.removeSubrange(start..<start + Int(range.lowerBound - firstWord * 8))
    }
}
