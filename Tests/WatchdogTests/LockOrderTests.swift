import Primitives
import Testing
import Watchdog

@Suite struct LockOrderTests {
    private func order(_ sights: [(String, String, Bool)]) -> LockOrder {
        var order = LockOrder()
        for (index, sight) in sights.enumerated() {
            let held = order.number(of: sight.0)
            let wanted = order.number(of: sight.1)
            order.saw(
                held: held,
                wanted: wanted,
                isExclusive: sight.2,
                at: Instant(nanoseconds: UInt64(index))
            )
        }
        return order
    }

    @Test func `both orders of two classes are a conflict`() {
        let conflicts = order([("PKT", "CONN", true), ("CONN", "PKT", true)]).conflicts
        #expect(conflicts.map(\.text) == ["PKT -> CONN and CONN -> PKT both seen"])
        #expect(conflicts.first?.edges.map(\.first.nanoseconds) == [0, 1])
    }

    @Test func `one order, however often, is none`() {
        let order = order([("PKT", "CONN", true), ("PKT", "CONN", true)])
        #expect(order.conflicts.isEmpty)
        #expect(order.edges == [.init(held: "PKT", wanted: "CONN", count: 2, first: .zero)])
    }

    @Test func `a class that is only ever shared blocks nobody`() {
        #expect(order([("PKT", "CONN", true), ("CONN", "PKT", false)]).conflicts.isEmpty)
    }

    @Test func `a ring of three is found once`() {
        let conflicts = order([("A", "B", true), ("B", "C", true), ("C", "A", true)]).conflicts
        #expect(conflicts.map(\.text) == ["A -> B, B -> C, C -> A all seen"])
    }

    @Test func `only the first sight of a pair says that it is new`() {
        var order = LockOrder()
        let held = order.number(of: "PKT")
        let wanted = order.number(of: "CONN")
        let sights = [(held, wanted), (held, wanted), (7, wanted)].map { held, wanted in
            order.saw(held: held, wanted: wanted, isExclusive: true, at: .zero)
        }
        #expect(sights == [true, false, false])
    }

    @Test func `two sources together show a conflict that neither shows alone`() {
        var whole = order([("PKT", "CONN", true)])
        whole.merge(order([("CONN", "PKT", true), ("X", "PKT", true)]))
        #expect(whole.conflicts.count == 1)
        #expect(whole.edges.count == 3)
    }

    @Test func `twenty classes keep their counts while the table widens`() {
        var order = LockOrder()
        for number in 0..<20 {
            let held = order.number(of: "C\(number)")
            let wanted = order.number(of: "C\(number + 1)")
            for _ in 0...number {
                order.saw(held: held, wanted: wanted, isExclusive: true, at: .zero)
            }
        }
        #expect(order.edges.map(\.count) == (1...20).map { UInt64($0) })
    }
}
