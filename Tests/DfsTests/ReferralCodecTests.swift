import Dfs
import Foundation
import Primitives
import Testing

@Suite struct ReferralCodecTests {
    @Test(arguments: ReferralVector.wellFormed) func `a published or captured referral is read`(
        _ vector: ReferralVector
    ) throws {
        var reader = ByteReader(vector.bytes)
        let response = try ReferralResponse(from: &reader)
        #expect(!response.entries.isEmpty)
        for entry in response.entries {
            switch entry.content {
            case .target(_, _, let address): #expect(address.first == "\\")
            case .names(let special, _): #expect(!special.isEmpty)
            }
        }
    }

    @Test(arguments: ReferralVector.wellFormed) func `what is read can be written and read again`(
        _ vector: ReferralVector
    ) throws {
        var reader = ByteReader(vector.bytes)
        let response = try ReferralResponse(from: &reader)
        let written = response.bytes
        var again = ByteReader(written)
        #expect(try ReferralResponse(from: &again) == response)
    }

    @Test func `two synthetic vectors break the rules and are refused`() {
        // V2 entries without a target, and a name list whose first entry does not say it is one.
        #expect(ReferralVector.illFormed.count == 2)
        for vector in ReferralVector.illFormed {
            var reader = ByteReader(vector.bytes)
            #expect(throws: WireError.self) { try ReferralResponse(from: &reader) }
        }
    }

    @Test(arguments: UInt64(0)..<200) func `no mutated referral traps`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for vector in ReferralVector.all {
            for _ in 0..<5 {
                var bytes = vector.bytes
                for _ in 0..<Int.random(in: 1...6, using: &random) {
                    let place = Int.random(in: 0..<bytes.count, using: &random)
                    bytes[place] = UInt8.random(in: 0...255, using: &random)
                }
                if Bool.random(using: &random) {
                    bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random))
                }
                var reader = ByteReader(bytes)
                if let response = try? ReferralResponse(from: &reader) {
                    #expect(response.entries.count <= bytes.count)
                }
            }
        }
    }

    @Test func `a request is a level, the path and a NUL`() throws {
        let request = ReferralRequest(maxReferralLevel: 3, path: #"\a\b"#)
        #expect(request.bytes == [3, 0, 0x5C, 0, 0x61, 0, 0x5C, 0, 0x62, 0, 0, 0])
        var reader = ByteReader(request.bytes)
        #expect(try ReferralRequest(from: &reader) == request)
    }

    @Test func `an EX request's path is read by its length`() throws {
        var writer = ByteWriter()
        writer.uint16(4)
        writer.uint16(1)
        writer.uint32(30)
        writer.uint16(10)
        writer.utf16("\\a\\b")
        writer.uint16(0)
        writer.uint16(8)
        writer.utf16("site")
        var reader = ByteReader(writer.bytes)
        #expect(
            try ReferralRequest(from: &reader, isExtended: true)
                == ReferralRequest(maxReferralLevel: 4, path: #"\a\b"#, siteName: "site")
        )
    }

    @Test(arguments: [nil, "", "Main-Site"]) func `an EX request is read as it was written`(
        site: String?
    ) throws {
        let request = ReferralRequest(maxReferralLevel: 2, path: #"\a\b"#, siteName: site)
        let length = request.extendedBytes.count
        #expect(request.extendedBytes[4..<8] == [UInt8(length - 8), 0, 0, 0])
        var reader = ByteReader(request.extendedBytes)
        #expect(try ReferralRequest(from: &reader, isExtended: true) == request)
        #expect(reader.isAtEnd)
    }

    @Test func `an EX request that is too short is refused`() {
        let bytes = ReferralRequest(path: #"\a\b"#, siteName: "site").extendedBytes
        for count in bytes.indices {
            var reader = ByteReader(Array(bytes.prefix(count)))
            #expect(throws: WireError.self) {
                try ReferralRequest(from: &reader, isExtended: true)
            }
        }
    }

    @Test func `entries of two versions in one answer are refused`() throws {
        let entry = { (version: UInt16) in
            ReferralEntry(
                version: version,
                isRoot: false,
                isSetBoundary: false,
                timeToLive: 1,
                content: .target(
                    dfsPath: #"\a\b"#,
                    alternatePath: #"\a\b"#,
                    networkAddress: #"\c\d"#
                )
            )
        }
        let response = ReferralResponse(pathConsumed: 8, flags: [], entries: [entry(3), entry(4)])
        var reader = ByteReader(response.bytes)
        #expect(throws: WireError.malformed(field: "VersionNumber")) {
            try ReferralResponse(from: &reader)
        }
    }
}

struct ReferralVector: Sendable, CustomTestStringConvertible {
    let name: String
    let bytes: [UInt8]
    var testDescription: String { name }

    private struct Entry: Decodable {
        let hex: String
    }

    static let all: [ReferralVector] = {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Vectors/referrals.json")
        guard let data = try? Data(contentsOf: file),
            let entries = try? JSONDecoder().decode([String: Entry].self, from: data)
        else { return [] }
        return entries.sorted { $0.key < $1.key }.map { name, entry in
            ReferralVector(name: name, bytes: bytes(entry.hex))
        }
    }()

    private static let refused = ["smbprotocol_v2_two_entries", "smbprotocol_v3_domain"]
    static var wellFormed: [ReferralVector] { all.filter { !refused.contains($0.name) } }
    static var illFormed: [ReferralVector] { all.filter { refused.contains($0.name) } }

    private static func bytes(_ hex: String) -> [UInt8] {
        var digits = hex.compactMap(\.hexDigitValue)[...]
        var bytes: [UInt8] = []
        while let high = digits.popFirst(), let low = digits.popFirst() {
            bytes.append(UInt8(high << 4 | low))
        }
        return bytes
    }
}
