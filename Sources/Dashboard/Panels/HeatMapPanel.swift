/// Latencies over time, newest right: how many operations ended in which row of which column.
///
/// The last column is what is under way now, by its age: a stalled request has no latency yet and
/// would not show otherwise. A shade stands for a count on a logarithmic scale: with ranks instead,
/// each new count would repaint the whole map.
struct HeatMapPanel {
    let context: Context

    private static let labelWidth = 6

    func draw(into screen: inout Screen, in area: Area) {
        let map = context.model.heatMap
        let width = area.width - Self.labelWidth - 2
        guard width > 0, area.height > 1 else { return }
        let columns = Self.joined(map.columns, into: width)
        let rows = Self.rows(of: map, count: area.height - 1)
        drawTitle(columns, into: &screen.frame, in: area)
        let most = columns.flatMap { column in rows.map { Self.sum(column.ended, $0.range) } }.max()
        let mostUnderWay = rows.map { Self.sum(map.underWay, $0.range) }.max() ?? 0
        for (index, row) in rows.enumerated() {
            let y = index + 1
            screen.frame.putRight(
                row.label,
                .faint,
                endingAt: Self.labelWidth - 1,
                row: y,
                in: area
            )
            let first = Self.labelWidth + width - columns.count
            for (offset, column) in columns.enumerated() {
                let level = Self.level(Self.sum(column.ended, row.range), of: most ?? 0)
                guard level > 0 else { continue }
                screen.frame.fill(
                    context.characters.shade(level),
                    .heat(level),
                    column: first + offset,
                    row: y,
                    count: 1,
                    in: area
                )
            }
            let level = Self.level(Self.sum(map.underWay, row.range), of: mostUnderWay)
            guard level > 0 else { continue }
            screen.frame.fill(
                context.characters.shade(level),
                .age(level),
                column: Self.labelWidth + width,
                row: y,
                count: 1,
                in: area
            )
        }
    }

    private func drawTitle(
        _ columns: [DashboardModel.HeatMap.Column],
        into frame: inout Frame,
        in area: Area
    ) {
        let end = frame.put("response time", .title, in: area)
        guard let last = columns.last else { return }
        let seconds = max(1, (last.end - min(last.start, last.end)) / 1_000_000_000)
        let scale = "1 col = \(seconds)s, last: now"
        if end + 2 + scale.count < area.width {
            frame.putRight(scale, .faint, endingAt: area.width - 1, in: area)
        }
    }

    struct Row {
        let label: String
        let range: Range<Int>
    }

    /// The rows from the greatest latency down: neighbours share a row where there are too few,
    /// and rows below the least latency seen are left out.
    static func rows(of map: DashboardModel.HeatMap, count: Int) -> [Row] {
        let buckets = map.bounds.count + 1
        guard count > 0, buckets > 1 else { return [] }
        let ended = (0..<buckets).filter { bucket in
            map.columns.contains { $0.ended.indices.contains(bucket) && $0.ended[bucket] > 0 }
        }
        let oldest = map.underWay.prefix(buckets).lastIndex { $0 > 0 } ?? 0
        // Ten seconds are always on it, so that a stall rises into view instead of the scale.
        let tenSeconds = map.bounds.firstIndex { $0 >= 10_000_000_000 } ?? buckets - 1
        let top = max(ended.last ?? 0, oldest, min(tenSeconds + 1, buckets - 1))
        let low = min(ended.first ?? top, max(0, top - count + 1))
        let height = top - low + 1
        let used = min(count, height)
        let rows = (0..<used).reversed().map { index in
            let range = low + index * height / used..<low + (index + 1) * height / used
            let label =
                index == used - 1
                ? ">" + Figures.bound(map.bounds[max(0, range.lowerBound - 1)])
                : Figures.bound(map.bounds[range.upperBound - 1])
            return Row(label: label, range: range)
        }
        return rows
    }

    /// At most `count` columns: neighbours are joined in equal groups, counted from the left so
    /// that old columns stay as they are.
    static func joined(
        _ columns: [DashboardModel.HeatMap.Column],
        into count: Int
    ) -> [DashboardModel.HeatMap.Column] {
        guard columns.count > count, count > 0 else { return columns }
        let group = (columns.count + count - 1) / count
        return stride(from: 0, to: columns.count, by: group).map { start in
            columns[start..<min(start + group, columns.count)].dropFirst()
                .reduce(into: columns[start]) { whole, part in
                    whole.end = part.end
                    for index in whole.ended.indices where index < part.ended.count {
                        whole.ended[index] += part.ended[index]
                    }
                }
        }
    }

    /// 0 for nothing, else 1 to 8 by the logarithm; the top step begins at the power of two
    /// below the greatest count, so that it seldom moves.
    static func level(_ count: UInt64, of most: UInt64) -> Int {
        guard count > 0, most > 0 else { return 0 }
        let magnitude = 63 - min(count, most).leadingZeroBitCount
        let greatest = 63 - most.leadingZeroBitCount
        guard greatest > 0 else { return Role.rampSteps }
        return 1 + magnitude * (Role.rampSteps - 1) / greatest
    }

    private static func sum(_ counts: [UInt64], _ range: Range<Int>) -> UInt64 {
        range.reduce(0) { counts.indices.contains($1) ? $0 + counts[$1] : $0 }
    }
}
