internal import Dashboard
internal import Primitives

extension SampleModels {
    /// The rows of the heat map: 1, 2, 5 from ten microseconds to a hundred seconds.
    static let bounds: [UInt64] = [
        10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000, 2_000_000, 5_000_000,
        10_000_000, 20_000_000, 50_000_000, 100_000_000, 200_000_000, 500_000_000, 1_000_000_000,
        2_000_000_000, 5_000_000_000, 10_000_000_000, 20_000_000_000, 50_000_000_000,
        100_000_000_000,
    ]

    static func session(
        _ index: Int,
        using random: inout SplitMix64
    ) -> DashboardModel.Session {
        var session = DashboardModel.Session(
            number: SessionNumber(index),
            user: user(index),
            host: index % 4
        )
        session.operations = 1_500 + random.next() % 600
        session.errors = random.next() % 200 == 0 ? 1 : 0
        session.last = 800_000 + random.next() % 9_000_000
        session.p50 = 900_000 + random.next() % 4_000_000
        session.p99 = session.p50 * 8 + random.next() % 30_000_000
        session.maximum = session.p99 + random.next() % 300_000_000
        session.rate = Double(random.next() % 120) / 10
        session.trend = Trend(
            (0..<Trend.windows).map { _ in session.p99 / (1 + random.next() % 9) }
        )
        if random.next() % 4 == 0 {
            session.state = .thinking
        } else {
            session.state = .working
            session.inFlight = .init(
                operation: ["open", "read", "write", "list"][Int(random.next() % 4)],
                path: UNCPath(components: ["ns1", "dfs", "eng", "report-\(index).docx"]),
                age: random.next() % 12_000_000
            )
        }
        return session
    }

    static func operations(stalled: Bool) -> [DashboardModel.Operation] {
        let rows: [(String, UInt64, Double, UInt64, UInt64)] = [
            ("logon", 1_000, 0, 12, 80), ("open", 180_402, 1_804, 4, 38),
            ("read", 412_080, 4_120, 1, 18),
            ("write", 160_211, 1_602, 2, 95), ("close", 180_100, 1_801, 1, 9),
            ("list", 9_120, 91, 3, 41),
        ]
        return rows.map { name, count, rate, p50, p99 in
            var operation = DashboardModel.Operation(name: name)
            let isHit = stalled && (name == "open" || name == "read")
            operation.count = count
            operation.errors = name == "open" ? 3 : 0
            operation.rate = rate
            operation.p50 = p50 * 1_100_000
            operation.p95 = p99 * 400_000
            operation.p99 = isHit ? p99 * 11_000_000 : p99 * 1_000_000
            operation.maximum = isHit ? 31_200_000_000 : p99 * 5_000_000
            operation.trend = Trend(
                (0..<Trend.windows).map { window in
                    isHit && window > 8 ? 3_000_000_000 : p99 * UInt64(1_000_000 + window * 200_000)
                }
            )
            return operation
        }
    }

    static func heatMap(
        columns: Int,
        stalled: Bool,
        using random: inout SplitMix64
    ) -> DashboardModel.HeatMap {
        var map = DashboardModel.HeatMap()
        map.bounds = bounds
        map.underWay = [UInt64](repeating: 0, count: bounds.count + 1)
        map.columns = (0..<columns).map { index in
            var ended = [UInt64](repeating: 0, count: bounds.count + 1)
            // A hump around a millisecond, with a tail that a burst now and then makes longer.
            let isBurst = index % 37 == 11 || stalled && index > columns * 4 / 5
            for row in 4..<(isBurst ? 17 : 13) {
                let distance = abs(row - 7)
                ended[row] = UInt64(9_000 >> min(12, 2 * distance)) + random.next() % 4
            }
            return .init(
                start: UInt64(index) * 2_000_000_000,
                end: UInt64(index + 1) * 2_000_000_000,
                ended: ended
            )
        }
        for row in 3..<9 { map.underWay[row] = 40 >> UInt64(abs(row - 6)) }
        if stalled { map.underWay[19] = 6 }
        return map
    }

    static func detail(
        of session: DashboardModel.Session,
        stalled: Bool
    ) -> DashboardModel.Detail {
        var detail = DashboardModel.Detail(session: session.number)
        detail.p90 = session.p50 * 3
        detail.p999 = session.maximum
        detail.latencies = (0...bounds.count).map { (row: Int) -> UInt64 in
            guard (4...14).contains(row) else { return 0 }
            return 900 >> UInt64(min(9, 2 * abs(row - 7)))
        }
        detail.latenciesOfAll = detail.latencies.map { $0 * 900 }
        let second: UInt64 = 1_000_000_000
        detail.chain = [
            .init(
                at: 160 * second,
                name: "GET_REFERRAL",
                path: "\\\\ns1\\dfs\\eng",
                outcome: .good,
                took: 2_100_000,
                note: ""
            ),
            .init(
                at: 160 * second,
                name: "create",
                path: session.inFlight?.path?.text ?? "",
                outcome: .pending,
                took: session.inFlight?.age ?? 0,
                note: "message 88213, 10.1.0.7:50112 to 10.1.0.20:445"
            ),
        ]
        detail.recent = [
            .init(
                at: 160 * second,
                name: "close",
                path: "\\\\ns1\\dfs\\eng\\desktop.ini",
                outcome: .good,
                took: 800_000
            ),
            .init(
                at: 159 * second,
                name: "read",
                path: "\\\\ns1\\dfs\\eng\\desktop.ini",
                outcome: .good,
                took: 1_100_000
            ),
            .init(
                at: 158 * second,
                name: "open",
                path: "\\\\ns1\\dfs\\eng\\~lock.tmp",
                outcome: .failed,
                took: 3_900_000,
                note: "STATUS_SHARING_VIOLATION"
            ),
        ]
        return detail
    }
}
