/// A session's steps as flat code; shared by all sessions.
package struct Script: Hashable, Sendable {
    enum Instruction: Hashable, Sendable {
        case step(Step)
        /// Sets the loop counter at this depth.
        case begin(depth: Int, times: Int)
        /// Counts down and jumps back; below zero means for ever.
        case end(depth: Int, to: Int)
        /// One of the targets by weight.
        case choose(weights: [Int], targets: [Int])
        case jump(Int)
    }

    /// Why steps are no script.
    package enum Problem: Error, Hashable, Sendable {
        case empty
        /// A loop for ever without any step in it would never let go.
        case emptyLoop
        case emptyChoice
        case nested(limit: Int)
    }

    let code: [Instruction]
    /// Loops inside loops.
    let depth: Int
    static let depthMax = 8

    /// Whether any step waits for all sessions.
    package var hasBarrier: Bool { code.contains(.step(.barrier)) }

    /// Whether any step takes a byte-range lock.
    let takesLocks: Bool

    package init(_ steps: [Step]) throws(Problem) {
        guard !steps.isEmpty else { throw .empty }
        var builder = Builder()
        try builder.append(steps, depth: 0)
        code = builder.code
        depth = builder.deepest
        takesLocks = code.contains { if case .step(.lock) = $0 { true } else { false } }
    }

    private struct Builder {
        var code: [Instruction] = []
        var deepest = 0

        mutating func append(_ steps: [Step], depth: Int) throws(Problem) {
            guard depth <= Script.depthMax else { throw .nested(limit: Script.depthMax) }
            deepest = max(deepest, depth)
            for step in steps {
                switch step {
                case .repeat(let count, let body):
                    guard !body.isEmpty else { throw .emptyLoop }
                    let times = if case .times(let times) = count { times } else { -1 }
                    code.append(.begin(depth: depth, times: times))
                    let start = code.count
                    try append(body, depth: depth + 1)
                    code.append(.end(depth: depth, to: start))
                case .choose(let choices): try append(choices, depth: depth)
                default: code.append(.step(step))
                }
            }
        }

        private mutating func append(_ choices: [Step.Choice], depth: Int) throws(Problem) {
            guard !choices.isEmpty, choices.allSatisfy({ $0.weight > 0 && !$0.steps.isEmpty })
            else { throw .emptyChoice }
            let place = code.count
            code.append(.jump(0))
            var targets: [Int] = []
            var exits: [Int] = []
            for choice in choices {
                targets.append(code.count)
                try append(choice.steps, depth: depth)
                exits.append(code.count)
                code.append(.jump(0))
            }
            code[place] = .choose(weights: choices.map(\.weight), targets: targets)
            for exit in exits { code[exit] = .jump(code.count) }
        }
    }
}
