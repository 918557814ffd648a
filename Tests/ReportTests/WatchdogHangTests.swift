import Primitives
import Report
import Testing
import Watchdog

@Suite struct WatchdogHangTests {
    /// S17 has PKT and wants CONN[ns1], S42 the other way round, S43 and S44 want PKT.
    private func hang() throws -> Hang {
        let second = Instant(nanoseconds: 31_000_000_000)
        var snapshot = WaitSnapshot(
            source: 0,
            sourceName: "host 0",
            instant: Instant(nanoseconds: 41_000_000_000),
            sessionCount: 50
        )
        let connection = snapshot.names.intern("CONN")
        let table = snapshot.names.intern("PKT")
        let server = snapshot.names.intern("ns1")
        let create = snapshot.names.intern("CREATE")
        let resources = [
            snapshot.add(WaitSnapshot.Resource(.lock, className: table)),
            snapshot.add(WaitSnapshot.Resource(.lock, className: connection, instance: server)),
        ]
        let parties = [17, 42, 43, 44].map { number in
            snapshot.add(
                WaitSnapshot.Party(
                    session: SessionNumber(number),
                    operation: create,
                    started: second
                )
            )
        }
        for (place, party) in parties.prefix(2).enumerated() {
            snapshot.holds.append(
                .init(party: party, resource: resources[place], mode: .exclusive, since: second)
            )
        }
        for (place, party) in parties.enumerated() {
            snapshot.waits.append(
                .init(
                    party: party,
                    resource: resources[place == 0 ? 1 : 0],
                    mode: place < 2 ? .exclusive : .shared,
                    since: second,
                    place: Int32(max(1, place))
                )
            )
        }
        let diagnosis = Diagnosis(snapshot)
        let finding = try #require(diagnosis.findings.first { $0.verdict == .deadlock })
        return HangBuilder(diagnosis)
            .hang(finding, id: 1, confirmation: .exact, conflicts: [])
    }

    @Test func `a deadlock of the watchdog's becomes a row with its cycle and its graph`() throws {
        let row = HangRow(
            try hang(),
            since: Instant(nanoseconds: 1_000_000_000),
            expected: nil,
            files: [],
            dump: "dump"
        )
        #expect(row.verdict == "deadlock" && row.exitCode == 98 && row.isConfirmed)
        #expect(row.atSeconds == 40)
        #expect(row.sentence == "S17 and S42 wait for each other; 2 sessions wait behind")
        #expect(row.component == [17, 42] && row.behind == 2)
        #expect(row.cycle.map(\.name) == ["S17", "S42"])
        #expect(row.cycle.map(\.wants) == ["CONN[ns1]", "PKT"])
        #expect(row.cycle.map(\.holds) == [["PKT"], ["CONN[ns1]"]])
        #expect(row.cycle.map(\.ageSeconds) == [10, 10])
        #expect(row.graph.nodes.map(\.label) == ["S17", "CONN[ns1]", "S42", "PKT"])
        #expect(row.graph.nodes.allSatisfy { $0.isInCycle })
        #expect(row.graph.nodes[2].detail == "CREATE")
        #expect(
            row.graph.edges.map { [$0.from, $0.to] } == [[0, 1], [1, 2], [2, 3], [3, 0]]
        )
    }

    @Test func `an expected deadlock explains its stalls, an absent one is said`() throws {
        let expected = HangRow(
            try hang(),
            since: .zero,
            expected: "deadlock",
            files: [],
            dump: ""
        )
        let found = RunVerdict.verdicts(on: [expected], stalls: 4, expected: "deadlock")
        #expect(RunVerdict.gravest(of: found) == nil)
        #expect(RunVerdict.names(found) == ["deadlock", "stall"])
        let other = RunVerdict.verdicts(on: [expected], stalls: 4, expected: "convoy")
        #expect(other.map(\.exitCode) == [98, 97, 94])
        #expect(!RunVerdict.isAllExpected([], "deadlock"))
        #expect(RunVerdict.verdicts(on: [], stalls: 0, expected: nil).isEmpty)
        let absent = RunVerdict.verdicts(on: [], stalls: 0, expected: "deadlock")
        #expect(RunVerdict.gravest(of: absent)?.exitCode == 94)
    }
}
