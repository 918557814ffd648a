package import Primitives

/// Everyone who waits and everyone who holds, at one source and one instant: all that the
/// watchdog knows of the world.
///
/// A source is a host or an emulated namespace; its own snapshot is exact. Arrays refer to one
/// another by index (`Int32`, -1 for none), texts are names of `names`. List only parties that
/// hold something, wait for something or have an operation under way, and only resources that are
/// held or waited for. Session numbers, `Connection.key` and shared resources are the same in
/// every snapshot of a run, so that `joining(_:)` can unite several.
///
/// Rules: every wait names a resource; a party with several waits needs all of them, except that
/// of its waits marked `isAlternative` any one is enough; a party with no wait can move; what a
/// party holds it gives back when it has moved on.
package struct WaitSnapshot: Hashable, Sendable {
    /// Which host, or a number above all hosts for an emulator; with it a reading is recognised.
    package var source: Int
    /// `host 0`, `emulator`: how dumps call the source.
    package var sourceName: String
    package var instant: Instant
    /// All sessions that the source plays, whether they are listed or not.
    package var sessionCount: Int

    package var names: NameTable
    package var resources: [Resource] = []
    package var parties: [Party] = []
    package var holds: [Hold] = []
    package var waits: [Wait] = []
    package var requests: [Request] = []
    package var connections: [Connection] = []
    package var ranges: [ByteRange] = []
    /// What an emulator is working on, by the request that asked for it.
    package var served: [Served] = []
    /// Which session logged on as which SMB session, where an emulator has to be told.
    package var aliases: [Alias] = []
    /// In which order classes were taken, if the source counts it.
    package var order: LockOrder?
    /// Of a joined snapshot: where each source's entries end.
    var sections: [Section] = []

    /// One source's part of a joined snapshot.
    struct Section: Hashable, Sendable {
        var source: Int
        var sourceName: String
        var instant: Instant
        var partiesEnd: Int
        var holdsEnd: Int
        var waitsEnd: Int
    }

    package init(
        source: Int,
        sourceName: String,
        instant: Instant,
        sessionCount: Int,
        names: NameTable = NameTable()
    ) {
        self.source = source
        self.sourceName = sourceName
        self.instant = instant
        self.sessionCount = sessionCount
        self.names = names
    }

    /// Ends a wait with the server's patience for a break that is owed since then (Q233082).
    package mutating func limit(wait: Int, byBreakSince since: Instant) {
        waits[wait].deadline = since + .seconds(35)
        waits[wait].timer = names.intern("OplockBreakWait (35 s)")
    }

    package mutating func reserve(
        parties: Int,
        resources: Int,
        holds: Int,
        waits: Int,
        requests: Int
    ) {
        self.parties.reserveCapacity(parties)
        self.resources.reserveCapacity(resources)
        self.holds.reserveCapacity(holds)
        self.waits.reserveCapacity(waits)
        self.requests.reserveCapacity(requests)
    }

    /// Appends and returns the index that other entries refer to; so do the next three.
    package mutating func add(_ resource: Resource) -> Int32 {
        resources.append(resource)
        return Int32(resources.count - 1)
    }

    package mutating func add(_ party: Party) -> Int32 {
        parties.append(party)
        return Int32(parties.count - 1)
    }

    package mutating func add(_ request: Request) -> Int32 {
        requests.append(request)
        return Int32(requests.count - 1)
    }

    package mutating func add(_ connection: Connection) -> Int32 {
        connections.append(connection)
        return Int32(connections.count - 1)
    }

    package mutating func add(_ range: ByteRange) -> Int32 {
        ranges.append(range)
        return Int32(ranges.count - 1)
    }
}

extension WaitSnapshot {
    /// This snapshot's arrays as a section.
    var section: Section {
        Section(
            source: source,
            sourceName: sourceName,
            instant: instant,
            partiesEnd: parties.count,
            holdsEnd: holds.count,
            waitsEnd: waits.count
        )
    }

    /// Which source listed the party.
    func section(ofParty party: Int) -> Section {
        sections.first { party < $0.partiesEnd } ?? section
    }

    func source(ofHold hold: Int) -> Int {
        sections.first { hold < $0.holdsEnd }?.source ?? source
    }

    func source(ofWait wait: Int) -> Int {
        sections.first { wait < $0.waitsEnd }?.source ?? source
    }

    /// `S17`, `S17 break handler`, `host 0 receiver[fs1]`: how dumps call a party.
    package func label(ofParty party: Int) -> String {
        guard parties.indices.contains(party) else { return "?" }
        let agent = names[parties[party].agent]
        if parties[party].session >= 0 {
            return "S\(parties[party].session)" + (agent.isEmpty ? "" : " \(agent)")
        }
        if parties[party].state == .outside { return agent.isEmpty ? "somebody outside" : agent }
        return section(ofParty: party).sourceName + (agent.isEmpty ? "" : " \(agent)")
    }
}

extension Instant {
    /// Stands in flat arrays for "never" and "no deadline".
    package static let never = Instant(nanoseconds: .max)

    /// The comparison for loops over very many: it reads no global and calls nobody.
    @inline(__always)
    var isNever: Bool { nanoseconds == .max }
}
