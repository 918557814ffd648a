import Dashboard
import DashboardSupport
import Primitives

/// Models that no run would publish, and keys that no person would press.
enum RandomModels {
    static func model(using random: inout SplitMix64) -> DashboardModel {
        let name = SampleModels.names[Int(random.next() % UInt64(SampleModels.names.count))]
        var model = SampleModels.model(name)
        model.run.profile = word(using: &random)
        model.run.target = word(using: &random)
        model.run.elapsed = number(using: &random)
        model.run.duration = number(using: &random)
        model.run.rate = [0, -1, .infinity, .nan, 1e300, 8_412][Int(random.next() % 6)]
        model.run.lag = number(using: &random) >> 1
        model.run.slowAfter = number(using: &random)
        model.run.isOver = random.next() % 5 == 0
        switch random.next() % 4 {
        case 0: model.sessions = []
        case 1: model.sessions = Array(model.sessions.prefix(1))
        default: break
        }
        for index in model.sessions.indices.prefix(40) {
            spoil(&model.sessions[index], using: &random)
        }
        if random.next() % 3 == 0 { model.heatMap = DashboardModel.HeatMap() }
        if random.next() % 3 == 0 { model.heatMap.columns = [] }
        if random.next() % 4 == 0 { model.heatMap.bounds = [number(using: &random)] }
        for index in model.heatMap.columns.indices where random.next() % 5 == 0 {
            model.heatMap.columns[index].ended = [number(using: &random) >> 8]
        }
        for index in model.hangs.indices {
            model.hangs[index].why = word(using: &random) + " " + word(using: &random)
            if random.next() % 3 == 0 { model.hangs[index].cycle = [] }
            if random.next() % 3 == 0 { model.hangs[index].behind = [] }
        }
        model.events += (0..<random.next() % 40).map { _ in
            .init(
                at: number(using: &random),
                level: .warning,
                source: word(using: &random),
                text: word(using: &random) + " " + word(using: &random),
                session: SessionNumber(Int(random.next() % 60))
            )
        }
        if random.next() % 3 == 0 { model.detail = nil }
        return model
    }

    private static func spoil(
        _ session: inout DashboardModel.Session,
        using random: inout SplitMix64
    ) {
        session.user = word(using: &random)
        session.operations = number(using: &random)
        session.p99 = number(using: &random)
        session.rate = [0, -5, .nan, .infinity][Int(random.next() % 4)]
        session.state = SessionState(rawValue: UInt8(random.next() % 9)) ?? .slow
        session.inFlight = .init(
            operation: word(using: &random),
            path: UNCPath(components: [word(using: &random), word(using: &random)]),
            age: number(using: &random),
            waitsOn: word(using: &random)
        )
    }

    /// Any number, small ones more often.
    private static func number(using random: inout SplitMix64) -> UInt64 {
        random.next() >> (random.next() % 64)
    }

    /// Wide, combining, control and right-to-left characters, an escape sequence, or nothing.
    private static func word(using random: inout SplitMix64) -> String {
        let words = [
            "", "u0017", "市川", "e\u{301}\u{302}a", "\u{1B}[2J\u{7}", "שלום", "\u{200B}\u{FEFF}",
            "👩‍👩‍👧", "\t\r\n", String(repeating: "界", count: 90),
            String(repeating: "x", count: 300), "\u{E000}\u{2028}", "ｆｕｌｌ",
        ]
        return words[Int(random.next() % UInt64(words.count))]
    }

    static func key(using random: inout SplitMix64) -> Key {
        let keys: [Key] = [
            .up, .down, .left, .right, .pageUp, .pageDown, .home, .end, .enter, .escape, .tab,
            .backTab, .backspace, .delete, .help, .control("u"), .control("d"), .control("z"),
        ]
        let letters = Array("123455?/ \\qypbdxFfgersl<>[]tU+-jkGn=()市".unicodeScalars)
        let pick = random.next() % UInt64(keys.count + letters.count)
        return pick < keys.count
            ? keys[Int(pick)] : .character(letters[Int(pick) - keys.count])
    }
}
