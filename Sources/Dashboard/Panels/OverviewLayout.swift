/// Shares the overview's rows among its panels.
struct OverviewLayout {
    let context: Context

    func draw(into screen: inout Screen, in body: Area) {
        let map = SessionMapPanel(context: context)
        let share = Self.share(
            rows: body.height - 3,
            operations: max(1, context.model.operations.count),
            mapRows: map.rowsNeeded(width: body.width),
            latencyRows: max(8, context.model.heatMap.bounds.count + 1)
        )
        let (upper, belowUpper) = body.top(share.latency + 1)
        let (middle, lower) = belowUpper.top(share.map + 1)
        let half = max(30, min(body.width - 33, body.width * 46 / 80))
        let leftWidth = body.width < 110 ? half : max(46, min(body.width - 64, 128))
        let (heat, beside) = upper.left(leftWidth)
        for row in 0..<beside.height {
            screen.frame.put(context.characters.vertical, .rule, row: row, in: beside)
        }
        HeatMapPanel(context: context).draw(into: &screen, in: heat)
        SlowestPanel(context: context).draw(into: &screen, in: beside.left(1).rest)
        map.draw(into: &screen, in: middle)
        let needed = max(1, context.model.operations.count) + 1
        guard lower.height >= needed + 4 else {
            return OperationsPanel(context: context).draw(into: &screen, in: lower)
        }
        let (operations, events) = lower.top(needed)
        OperationsPanel(context: context).draw(into: &screen, in: operations)
        context.rule("events", into: &screen.frame, in: events)
        EventsPanel(context: context).draw(into: &screen, in: events.top(1).rest)
    }

    /// At least a few rows for each, then for each what it needs; what nobody needs is at the end.
    static func share(
        rows: Int,
        operations: Int,
        mapRows: Int,
        latencyRows: Int
    ) -> (latency: Int, map: Int, operations: Int) {
        var map = min(mapRows, max(1, rows / 4))
        var lower = min(operations, max(2, rows / 4))
        var latency = min(max(1, rows - map - lower), max(8, rows / 2))
        var left = rows - map - lower - latency
        for _ in 0..<max(0, left) where left > 0 {
            if lower < operations {
                lower += 1
            } else if map < mapRows {
                map += 1
            } else if latency < latencyRows {
                latency += 1
            } else {
                break
            }
            left -= 1
        }
        return (latency, map, rows - latency - map)
    }
}
