import Dashboard
import DashboardSupport
import Primitives
import Testing

@Suite struct SizeFuzzTests {
    /// Sizes from 1x1 to 300x120, models and keys by the seed: nothing traps, and every frame has
    /// exactly its cells, each wide character with its right half.
    @Test(arguments: UInt64(0)..<120) func `no size, model or key breaks a frame`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var state = ViewState(characters: seed.isMultiple(of: 2) ? .unicode : .ascii)
        var model = RandomModels.model(using: &random)
        for step in 0..<20 {
            if step.isMultiple(of: 10) { model = RandomModels.model(using: &random) }
            let width = 1 + Int(random.next() % 300)
            let height = 1 + Int(random.next() % 120)
            let key = RandomModels.key(using: &random)
            _ = state.pressed(key, seeing: model, rows: height)
            let screen = DashboardView.screen(of: model, state, width: width, height: height)
            expectWhole(screen.frame, width: width, height: height)
            let click = MouseEvent.click(
                x: Int(random.next() % 300),
                y: Int(random.next() % 120)
            )
            _ = state.received(click, on: screen, seeing: model)
        }
    }

    @Test func `every size up to the smallest full one is drawn`() {
        let model = SampleModels.deadlock()
        for view in ViewState.View.allCases {
            let state = Drawn.state(showing: view, of: model)
            for width in 1...62 {
                for height in 1...18 {
                    let screen = DashboardView.screen(
                        of: model,
                        state,
                        width: width,
                        height: height
                    )
                    expectWhole(screen.frame, width: width, height: height)
                }
            }
        }
    }

    private func expectWhole(_ frame: Frame, width: Int, height: Int) {
        guard frame.width == width, frame.height == height,
            frame.cells.count == width * height
        else {
            Issue.record("a frame of \(frame.width)x\(frame.height), not \(width)x\(height)")
            return
        }
        for y in 0..<height {
            let row = Array(frame.row(y))
            for (x, cell) in row.enumerated() {
                let isWhole =
                    switch cell.width {
                    case 1: cell.scalar >= 0x20 && !(0x7F..<0xA0).contains(cell.scalar)
                    case 2: x + 1 < width && row[x + 1].width == 0
                    default: x > 0 && row[x - 1].width == 2
                    }
                if !isWhole { Issue.record("cell \(x),\(y) of \(width)x\(height): \(cell)") }
            }
        }
    }
}
