import Primitives
import TerminalServer
import Testing

@Suite struct LoadShapeTests {
    private let shape = LoadShape([
        .ramp(to: 100, over: .seconds(50)), .hold(at: 100, for: .seconds(20)),
        .burst(to: 300, for: .seconds(10)), .ramp(to: 0, over: .seconds(20)),
    ])

    @Test func `levels follow the stages, and a burst goes back to the level before it`() {
        let times: [Int] = [0, 25, 50, 69, 70, 79, 80, 90, 100, 200]
        let levels = times.map { shape.level(at: .seconds($0)) }
        #expect(levels == [0, 50, 100, 100, 300, 300, 100, 50, 0, 0])
        #expect(shape.duration == .seconds(100))
        #expect(shape.peak == 300)
    }

    @Test func `a session works while the level is above its number`() throws {
        for number in [0, 1, 50, 99, 100, 299] {
            var moment = Duration.zero
            while let turn = shape.turn(of: number, from: moment) {
                #expect(turn >= moment)
                #expect(shape.level(at: turn) > Double(number), "\(number) at \(turn)")
                if turn > moment + .milliseconds(2) {
                    let before = shape.level(at: turn - .milliseconds(2))
                    #expect(before <= Double(number), "\(number) before \(turn)")
                }
                moment = turn + .milliseconds(500)
            }
            #expect(shape.level(at: moment) <= Double(number))
        }
        #expect(shape.turn(of: 200, from: .zero) == .seconds(70))
        #expect(shape.turn(of: 300, from: .zero) == nil)
        #expect(shape.turn(of: 99, from: .seconds(81)) == nil)
    }

    @Test func `a level that stays stays for ever`() {
        let shape = LoadShape([.hold(at: 3, for: .seconds(5))])
        #expect(shape.turn(of: 2, from: .seconds(500)) == .seconds(500))
        #expect(shape.turn(of: 3, from: .seconds(500)) == nil)
    }

    @Test func `operations are due where the integral of the level says`() throws {
        // 100 × 50 / 2 = 2,500 in the ramp, 2,000 in the hold, 3,000 in the burst, 1,000 behind it.
        #expect(shape.moment(after: .zero, operations: 2_500) == .seconds(50))
        #expect(shape.moment(after: .zero, operations: 4_500) == .seconds(70))
        #expect(shape.moment(after: .zero, operations: 7_500) == .seconds(80))
        #expect(shape.moment(after: .zero, operations: 8_501) == nil)
        #expect(shape.moment(after: .seconds(50), operations: 100) == .seconds(51))
        let half = try #require(shape.moment(after: .zero, operations: 625))
        #expect(abs(half.seconds - 25) < 1e-6)
        let late = try #require(shape.moment(after: .seconds(80), operations: 750))
        #expect(abs(late.seconds - 90) < 1e-6)
        #expect(
            LoadShape([.ramp(to: 0, over: .seconds(1))]).moment(after: .zero, operations: 1) == nil
        )
    }

    @Test func `counting in steps is counting at once`() throws {
        var moment = Duration.zero
        for _ in 0..<750 { moment = try #require(shape.moment(after: moment, operations: 10)) }
        #expect(abs(moment.seconds - 80) < 1e-4)
    }
}
