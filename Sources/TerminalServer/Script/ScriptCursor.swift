package import Primitives

/// Where one session is in its script, with its own dice.
///
/// The same seed and session number give the same steps, whatever other sessions do.
package struct ScriptCursor: Hashable, Sendable {
    package enum Next: Hashable, Sendable {
        case step(Step)
        case pause(Duration)
        case finished
    }

    private var address = 0
    private var counters: [Int]
    package var random: SplitMix64

    package init(_ script: Script, random: SplitMix64) {
        counters = Array(repeating: 0, count: script.depth + 1)
        self.random = random
    }

    /// The next step that does something.
    package mutating func next(in script: Script) -> Next {
        while address < script.code.count {
            let here = address
            address += 1
            switch script.code[here] {
            case .step(.think(let pause)): return .pause(pause.sample(using: &random))
            case .step(let step): return .step(step)
            case .begin(let depth, let times):
                counters[depth] = times
                if times == 0 { address = endOfLoop(from: here, in: script) }
            case .end(let depth, let start):
                if counters[depth] < 0 {
                    address = start
                } else {
                    counters[depth] -= 1
                    if counters[depth] > 0 { address = start }
                }
            case .choose(let weights, let targets): address = targets[choice(by: weights)]
            case .jump(let target): address = target
            }
        }
        return .finished
    }

    private func endOfLoop(from begin: Int, in script: Script) -> Int {
        let end = script.code[begin...].firstIndex { instruction in
            if case .end(_, let start) = instruction { start == begin + 1 } else { false }
        }
        return (end ?? begin) + 1
    }

    private mutating func choice(by weights: [Int]) -> Int {
        var place = Int.random(in: 0..<weights.reduce(0, +), using: &random)
        for (index, weight) in weights.enumerated() {
            if place < weight { return index }
            place -= weight
        }
        return weights.count - 1
    }
}
