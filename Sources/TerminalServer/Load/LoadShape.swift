internal import Primitives

/// How high the load of a run is at each moment: stages, joined by straight lines and jumps.
///
/// A level is the number of sessions at work in a closed loop, and operations a second of the whole
/// run in an open one. Times count from the beginning of the load. Behind the last stage its level
/// stays.
package struct LoadShape: Hashable, Sendable {
    /// One stage, as a profile writes it.
    package enum Stage: Hashable, Sendable {
        /// From the level before it, evenly, to this one; the first ramp begins at 0.
        case ramp(to: Double, over: Duration)
        /// Jumps to this level and stays there.
        case hold(at: Double, for: Duration)
        /// The same, and back to the level before it.
        case burst(to: Double, for: Duration)

        package var duration: Duration {
            switch self {
            case .ramp(_, let duration), .hold(_, let duration), .burst(_, let duration): duration
            }
        }

        /// As a sentence says it, before the level.
        package var word: String {
            switch self {
            case .ramp: "ramp to"
            case .hold: "hold"
            case .burst: "burst of"
            }
        }

        package var level: Double {
            switch self {
            case .ramp(let level, _), .hold(let level, _), .burst(let level, _): level
            }
        }
    }

    /// A straight line; the time is in seconds.
    private struct Line: Hashable, Sendable {
        let start: Double
        let end: Double
        let from: Double
        let to: Double

        func level(at time: Double) -> Double {
            end > start ? from + (to - from) * (time - start) / (end - start) : to
        }
    }

    private let lines: [Line]
    /// The level behind the last stage.
    private let last: Double
    package let duration: Duration
    /// The highest level.
    package let peak: Double

    package init(_ stages: [Stage]) {
        var lines: [Line] = []
        var (time, level) = (Duration.zero, 0.0)
        for stage in stages {
            let end = time + stage.duration
            var (from, after) = (stage.level, stage.level)
            switch stage {
            case .ramp: from = level
            case .hold: break
            case .burst: after = level
            }
            lines.append(
                Line(start: time.seconds, end: end.seconds, from: from, to: stage.level)
            )
            (time, level) = (end, after)
        }
        self.lines = lines
        last = level
        duration = time
        peak = stages.map(\.level).max() ?? 0
    }

    /// The level at a moment; where the load jumps, the one behind the jump.
    package func level(at moment: Duration) -> Double {
        let time = moment.seconds
        return lines.first { time < $0.end }?.level(at: time) ?? last
    }

    /// When a session of this number may work, `moment` or later; nil if it never may again.
    ///
    /// At a level of n the sessions 0 to n-1 do.
    package func turn(of session: Int, from moment: Duration) -> Duration? {
        let (time, number) = (moment.seconds, Double(session))
        for line in lines where time < line.end {
            let start = max(time, line.start)
            let level = line.level(at: start)
            if level > number { return max(moment, .seconds(rounded: start)) }
            guard line.to > number else { continue }
            let crossing =
                start + (number - level) * (line.end - line.start) / (line.to - line.from)
            // A millisecond later the line is above the number beyond doubt.
            let later = Duration.milliseconds(Int64(crossing * 1_000) + 1)
            return later.seconds < line.end ? later : .seconds(rounded: line.end)
        }
        guard last > number else { return nil }
        return max(moment, .seconds(rounded: lines.last?.end ?? 0))
    }

    /// When this many operations are due that were not at `moment`; nil if they never are.
    ///
    /// The inverse of the level's integral: with exponential steps it makes a Poisson process whose
    /// rate follows the stages.
    package func moment(after moment: Duration, operations: Double) -> Duration? {
        var (time, rest) = (moment.seconds, operations)
        for line in lines where time < line.end {
            time = max(time, line.start)
            let level = line.level(at: time)
            let area = (level + line.to) / 2 * (line.end - time)
            if rest <= area, area > 0 {
                let slope = (line.to - line.from) / (line.end - line.start)
                let root = max(0, level * level + 2 * slope * rest).squareRoot()
                return .seconds(rounded: min(line.end, time + 2 * rest / (level + root)))
            }
            rest -= area
            time = line.end
        }
        return last > 0 ? .seconds(rounded: time + rest / last) : nil
    }
}

extension Duration {
    static func seconds(rounded seconds: Double) -> Duration {
        .nanoseconds(Int64(min(seconds, 3e9) * 1e9))
    }
}
