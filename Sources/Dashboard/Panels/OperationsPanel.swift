/// One row for each kind of operation: how many, how fast, and how the worst went lately.
struct OperationsPanel {
    let context: Context

    func draw(into screen: inout Screen, in area: Area) {
        drawHeading(into: &screen.frame, in: area)
        let operations = context.model.operations
        if operations.isEmpty {
            screen.frame.put("no operation has ended yet", .faint, row: 1, in: area)
        }
        for (row, operation) in operations.prefix(max(0, area.height - 1)).enumerated() {
            draw(operation, row: row + 1, into: &screen.frame, in: area)
        }
    }

    /// Where each column ends, and where the trend begins.
    private static let ends = (count: 20, rate: 28, errors: 35, p50: 43, p95: 51, p99: 59, most: 67)
    private static let trend = 68

    private func drawHeading(into frame: inout Frame, in area: Area) {
        frame.fill(context.characters.horizontal, .rule, count: area.width, in: area)
        frame.put(" operation ", .title, column: 1, in: area)
        let ends = Self.ends
        for (text, end) in [
            ("count", ends.count), ("n/s", ends.rate), ("err", ends.errors), ("p50 ms", ends.p50),
            ("p95", ends.p95), ("p99", ends.p99), ("max", ends.most),
        ] {
            frame.putRight(" \(text)", .faint, endingAt: end, in: area)
        }
        frame.put(" worst 60s", .faint, column: Self.trend, in: area)
    }

    private func draw(
        _ operation: DashboardModel.Operation,
        row: Int,
        into frame: inout Frame,
        in area: Area
    ) {
        let ends = Self.ends
        let name = TextWidth.cut(operation.name.uppercased(), to: 13, context.characters)
        frame.put(name, row: row, in: area)
        let rate = Figures.rate(operation.rate)
        let errorRole: Role = operation.errors > 0 ? .warning : .faint
        for (text, role, end) in [
            (Figures.count(operation.count), Role.plain, ends.count),
            (rate, .plain, ends.rate),
            (Figures.count(operation.errors), errorRole, ends.errors),
            (Figures.latency(operation.p50), .plain, ends.p50),
            (Figures.latency(operation.p95), .plain, ends.p95),
            (Figures.latency(operation.p99), latencyRole(operation.p99), ends.p99),
            (Figures.latency(operation.maximum), latencyRole(operation.maximum), ends.most),
        ] {
            frame.putRight(text, role, endingAt: end, row: row, in: area)
        }
        let bars = operation.trend.bars(context.characters)
        frame.put(bars, .key, column: Self.trend, row: row, in: area)
    }

    private func latencyRole(_ nanoseconds: UInt64) -> Role {
        let run = context.model.run
        return nanoseconds >= run.stallAfter
            ? .stalled
            : nanoseconds >= run.slowAfter ? .slow : .plain
    }
}
