import Dfs
import Primitives
import Testing

/// What a referral answers: the suite checks different bits of each.
enum ReferralType {
    case sysvol
    case root
    case link
    case interlink
}

/// An entry's fixed fields as they stand in the buffer, which the decoder does not all keep.
struct RawEntry: Equatable {
    var version: UInt16
    var serverType: UInt16
    var flags: UInt16
    /// The field at 16: ExpandedNameOffset of a name list.
    var expandedNameOffset: UInt16

    static func all(in output: [UInt8]) throws -> [RawEntry] {
        var reader = ByteReader(output)
        try reader.skip(2)
        let count = Int(try reader.uint16())
        var start = 8
        return try (0..<count).map { _ in
            var entry = try reader.slice(at: start, count: output.count - start)
            let version = try entry.uint16()
            start += Int(try entry.uint16())
            let serverType = try entry.uint16()
            let flags = try entry.uint16()
            try entry.skip(8)
            let offset = try entry.uint16()
            return RawEntry(
                version: version,
                serverType: serverType,
                flags: flags,
                expandedNameOffset: offset
            )
        }
    }
}

/// The suite's VerifyReferralResponse: sysvol, root and link referrals.
func verifyReferral(
    _ type: ReferralType,
    version: UInt16,
    path: String,
    target: String,
    _ output: [UInt8],
    at location: SourceLocation = #_sourceLocation
) throws {
    var reader = ByteReader(output)
    let response = try ReferralResponse(from: &reader)
    #expect(Int(response.pathConsumed) == 2 * path.utf16.count, sourceLocation: location)
    let leadsToStorage = version == 1 || type != .interlink
    let leadsToServers = version == 1 || type == .root || type == .interlink
    #expect(response.flags.contains(.storageServers) == leadsToStorage, sourceLocation: location)
    #expect(response.flags.contains(.referralServers) == leadsToServers, sourceLocation: location)
    for (place, entry) in try RawEntry.all(in: output).enumerated() {
        #expect(entry.version == version, sourceLocation: location)
        #expect(entry.serverType == (type == .root ? 1 : 0), sourceLocation: location)
        // Name lists have bit 1; bit 2 marks the first target of a set in version 4.
        let flags: UInt16 = version == 4 && place == 0 ? 4 : 0
        #expect(entry.flags == flags, sourceLocation: location)
    }
    var targets: [String] = []
    for entry in response.entries {
        #expect(entry.timeToLive == response.entries[0].timeToLive, sourceLocation: location)
        guard case .target(let dfsPath, let alternate, let address) = entry.content else {
            Issue.record("a name list", sourceLocation: location)
            continue
        }
        if version > 1 {
            #expect(dfsPath == path, sourceLocation: location)
            #expect(alternate == path, sourceLocation: location)
        }
        targets.append(address.uppercased())
    }
    #expect(targets.contains(target.uppercased()), sourceLocation: location)
}

/// What the suite checks of a domain referral.
func verifyDomainReferral(
    _ output: [UInt8],
    at location: SourceLocation = #_sourceLocation
) throws {
    var reader = ByteReader(output)
    let response = try ReferralResponse(from: &reader)
    #expect(response.pathConsumed == 0, sourceLocation: location)
    #expect(response.flags == [], sourceLocation: location)
    #expect(!response.entries.isEmpty, sourceLocation: location)
    let raw = RawEntry(version: 3, serverType: 0, flags: 2, expandedNameOffset: 0)
    for entry in try RawEntry.all(in: output) { #expect(entry == raw, sourceLocation: location) }
    for entry in response.entries {
        #expect(entry.timeToLive == response.entries[0].timeToLive, sourceLocation: location)
        guard case .names(let special, let expanded) = entry.content else { continue }
        #expect(
            special.uppercased().contains(DFSCEnvironment.netbiosDomain),
            sourceLocation: location
        )
        #expect(expanded == [], sourceLocation: location)
    }
}

/// What the suite checks of a DC referral.
func verifyControllerReferral(
    _ output: [UInt8],
    special expected: String,
    controller: String,
    at location: SourceLocation = #_sourceLocation
) throws {
    var reader = ByteReader(output)
    let response = try ReferralResponse(from: &reader)
    #expect(response.pathConsumed == 0, sourceLocation: location)
    #expect(response.flags == [], sourceLocation: location)
    try #require(response.entries.count == 1, sourceLocation: location)
    let raw = try RawEntry.all(in: output)
    #expect(raw[0].version == 3, sourceLocation: location)
    #expect(raw[0].flags == 2, sourceLocation: location)
    guard case .names(let special, let expanded) = response.entries[0].content else {
        Issue.record("no name list", sourceLocation: location)
        return
    }
    #expect(special == expected, sourceLocation: location)
    #expect(expanded.map { $0.uppercased() }.contains(controller.uppercased()))
}
