internal import Primitives

/// By what a finding is recognised in another reading, and what its second reading must show.
struct FindingIdentity {
    /// The ring's parties with their waits' generations; a server or a resource for verdicts
    /// whose members come and go.
    let core: [UInt64]
    /// Every wait and hold of the root with its generation, ascending.
    let records: [UInt64]
    /// All of them come from one source's array.
    let isOfOneSource: Bool
    /// The same as `core`, for all members, ascending.
    private let all: [UInt64]

    init(_ finding: Finding, _ snapshot: WaitSnapshot, _ index: WaitIndex) {
        let keys = IdentityKeys(snapshot: snapshot, index: index)
        switch finding.verdict {
        case .slowServer, .deadServer, .starvation, .convoy:
            core = [keys.key(ofSubject: finding)]
            all = core
            records = []
            isOfOneSource = true
        case .livelock:
            core = keys.operations(of: finding.members)
            all = core.sorted()
            records = []
            isOfOneSource = true
        case .lostWakeUp, .lostResponse, .neverSent:
            core = keys.waits(of: finding.members)
            all = core.sorted()
            records = []
            isOfOneSource = true
        case .deadlock, .temporaryDeadlock, .orphanedLock, .creditExhaustion, .poolExhaustion:
            let root = finding.cycle.isEmpty ? finding.members : finding.cycle
            core = keys.waits(of: root)
            all = keys.waits(of: finding.members).sorted()
            // A ring proves itself; a knot or an ended holder needs everybody who is part of it.
            let parties = finding.isRing ? root : finding.members
            (records, isOfOneSource) = keys.records(of: parties + finding.enders)
        }
    }

    func isSame(as keys: [UInt64]) -> Bool { keys.contains { Self.holds(all, $0) } }

    /// Whether all of an earlier reading's records are there again.
    func contains(_ earlier: [UInt64]) -> Bool {
        earlier.allSatisfy { Self.holds(records, $0) }
    }

    private static func holds(_ sorted: [UInt64], _ key: UInt64) -> Bool {
        var low = 0
        var high = sorted.count
        while low < high {
            let middle = (low + high) / 2
            if sorted[middle] < key { low = middle + 1 } else { high = middle }
        }
        return low < sorted.count && sorted[low] == key
    }
}

private struct IdentityKeys {
    let snapshot: WaitSnapshot
    let index: WaitIndex

    func key(ofSubject finding: Finding) -> UInt64 {
        var hash = StableHash()
        if finding.verdict == .starvation || finding.verdict == .convoy {
            hash.combine(snapshot.label(of: Int(finding.resource)))
            return hash.value
        }
        hash.combine("server")
        hash.combine(server(of: finding))
        return hash.value
    }

    private func server(of finding: Finding) -> String {
        for party in finding.members.prefix(1) {
            for place in index.waitsOfParty[Int(party)] {
                let wait = snapshot.waits[Int(index.waitsOfParty.items[place])]
                guard snapshot.requests.indices.contains(Int(wait.request)) else { continue }
                let connection = Int(snapshot.requests[Int(wait.request)].connection)
                guard snapshot.connections.indices.contains(connection) else { continue }
                return snapshot.names[snapshot.connections[connection].server]
            }
        }
        return snapshot.label(of: Int(finding.resource))
    }

    /// One key a party: with the generations of its waits.
    func waits(of parties: [Int32]) -> [UInt64] {
        parties.map { party in
            var key = partyKey(Int(party))
            for place in index.waitsOfParty[Int(party)] {
                let wait = snapshot.waits[Int(index.waitsOfParty.items[place])]
                key = Self.mix(key, UInt64(wait.generation))
            }
            return key
        }
    }

    /// One key a party: its waits come and go, what it has completed stays as it is.
    func operations(of parties: [Int32]) -> [UInt64] {
        parties.map { Self.mix(partyKey(Int($0)), snapshot.parties[Int($0)].completed) }
    }

    /// Ascending, and whether all are of one source.
    func records(of parties: [Int32]) -> ([UInt64], Bool) {
        var records: [UInt64] = []
        var sources: [Int] = []
        for party in parties {
            let key = partyKey(Int(party))
            for place in index.waitsOfParty[Int(party)] {
                let number = Int(index.waitsOfParty.items[place])
                let wait = snapshot.waits[number]
                let what = Self.mix(snapshot.key(ofResource: Int(wait.resource)), 1)
                records.append(Self.mix(Self.mix(key, what), UInt64(wait.generation)))
                append(snapshot.source(ofWait: number), to: &sources)
            }
            for place in index.holdsOfParty[Int(party)] {
                let number = Int(index.holdsOfParty.items[place])
                let hold = snapshot.holds[number]
                let what = Self.mix(snapshot.key(ofResource: Int(hold.resource)), 2)
                records.append(Self.mix(Self.mix(key, what), UInt64(hold.generation)))
                append(snapshot.source(ofHold: number), to: &sources)
            }
        }
        return (records.sorted(), sources.count <= 1)
    }

    private func append(_ source: Int, to sources: inout [Int]) {
        if !sources.contains(source) { sources.append(source) }
    }

    private func partyKey(_ party: Int) -> UInt64 {
        // Most parties are a session's own operation: no text to hash.
        let entry = snapshot.parties[party]
        guard entry.session < 0 || entry.agent != .none else {
            return Self.mix(0x9E37_79B9_7F4A_7C15, UInt64(entry.session))
        }
        return snapshot.key(ofParty: party)
    }

    private static func mix(_ one: UInt64, _ other: UInt64) -> UInt64 {
        var mixed = (one ^ (one >> 31)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ other) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 29)
    }
}
