/// The V2 encoding of HdrHistogram: what its own tools read and add.
///
/// A cookie, a length and a zlib stream (RFC 1950) of: cookie, length of the counters, the scale's
/// parameters, and the counters as ZigZag LEB128 numbers of which a negative one stands for that
/// many counters of 0. The stream consists of stored blocks (RFC 1951 3.2.4), which every reader of
/// zlib takes: the runs of zeros are gone already, so compressing would save little and need a
/// library.
extension Histogram {
    private enum Cookie {
        /// The low byte's 0x10 says that a counter takes up to nine bytes.
        static let counters: UInt32 = 0x1c84_9303 | 0x10
        static let compressed: UInt32 = 0x1c84_9304 | 0x10
    }

    private static let significantDigits: UInt32 = 3

    /// The bytes of the encoding, not yet in base64.
    package var encoded: [UInt8] {
        let counters = Self.encode(bucketCounts)
        var body: [UInt8] = []
        BigEndian.append(Cookie.counters, to: &body)
        BigEndian.append(UInt32(counters.count), to: &body)
        BigEndian.append(UInt32(0), to: &body)
        BigEndian.append(Self.significantDigits, to: &body)
        BigEndian.append(Self.scale.lowestDiscernible, to: &body)
        BigEndian.append(Self.scale.highestTrackable, to: &body)
        BigEndian.append((1.0 as Double).bitPattern, to: &body)
        body += counters
        let stream = Zlib.stored(body)
        var bytes: [UInt8] = []
        BigEndian.append(Cookie.compressed, to: &bytes)
        BigEndian.append(UInt32(stream.count), to: &bytes)
        return bytes + stream
    }

    private static func encode(_ counts: ArraySlice<UInt64>) -> [UInt8] {
        var bytes: [UInt8] = []
        var zeros: Int64 = 0
        for count in counts {
            guard count > 0 else {
                zeros += 1
                continue
            }
            if zeros > 0 { append(-zeros, to: &bytes) }
            zeros = 0
            append(Int64(clamping: count), to: &bytes)
        }
        return bytes
    }

    /// ZigZag LEB128 in at most nine bytes, of which the ninth has eight bits.
    private static func append(_ value: Int64, to bytes: inout [UInt8]) {
        var rest = UInt64(bitPattern: (value << 1) ^ (value >> 63))
        for _ in 0..<8 {
            guard rest >= 0x80 else {
                bytes.append(UInt8(rest))
                return
            }
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }
}

/// Numbers of a fixed width, the greatest byte first.
enum BigEndian {
    static func append(_ value: some FixedWidthInteger & UnsignedInteger, to bytes: inout [UInt8]) {
        for shift in stride(from: value.bitWidth - 8, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }
}

/// A zlib stream whose blocks are stored as they are.
enum Zlib {
    private static let blockMax = 65_535
    private static let adlerModulus: UInt32 = 65_521

    static func stored(_ body: [UInt8]) -> [UInt8] {
        // Deflate with a window of 32 KiB, no dictionary, fastest: FLEVEL and FCHECK of RFC 1950.
        var stream: [UInt8] = [0x78, 0x01]
        var start = 0
        repeat {
            let end = min(start + blockMax, body.count)
            let length = UInt16(end - start)
            stream.append(end == body.count ? 1 : 0)
            for value in [length, ~length] {
                stream.append(UInt8(value & 0xFF))
                stream.append(UInt8(value >> 8))
            }
            stream += body[start..<end]
            start = end
        } while start < body.count
        BigEndian.append(adler32(body), to: &stream)
        return stream
    }

    private static func adler32(_ bytes: [UInt8]) -> UInt32 {
        var (low, high): (UInt32, UInt32) = (1, 0)
        for byte in bytes {
            low = (low + UInt32(byte)) % adlerModulus
            high = (high + low) % adlerModulus
        }
        return high << 16 | low
    }
}
