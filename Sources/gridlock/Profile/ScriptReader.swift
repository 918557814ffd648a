internal import Primitives
internal import SMBWire
internal import TerminalServer

/// Reads the `script:` of a profile.
enum ScriptReader {
    private static let words = ProfileShape.plainSteps + ProfileShape.stepKeys.map(\.name)

    static func read(_ node: ProfileNode) throws(ProfileError) -> Script {
        let steps = try steps(node)
        do {
            return try Script(steps)
        } catch {
            switch error {
            case .empty: throw node.error("the script has no steps")
            case .emptyLoop: throw node.error("a repeat has no steps")
            case .emptyChoice: throw node.error("a choose has no steps, or a weight below 1")
            case .nested(let limit): throw node.error("loops are nested deeper than \(limit)")
            }
        }
    }

    private static func steps(_ node: ProfileNode) throws(ProfileError) -> [Step] {
        var steps: [Step] = []
        for element in try node.sequence() { steps.append(try step(element)) }
        return steps
    }

    /// A word, or a mapping with a word as its only key.
    private static func step(_ node: ProfileNode) throws(ProfileError) -> Step {
        if node.isScalar {
            switch try node.text() {
            case "logon": return .logon
            case "logoff": return .logoff
            case "close": return .close
            case "flush": return .flush
            case "touch": return .touch
            case "barrier": return .barrier
            case let word:
                guard words.contains(word) else {
                    let hint = Suggestion.hint(for: word, among: words)
                    throw node.error("unknown step “\(word)”\(hint)")
                }
                throw node.error("the step “\(word)” needs values, as in “- \(word): …”")
            }
        }
        let entries = try node.mapping(of: words)
        guard entries.count == 1, let (word, value) = entries.first else {
            throw node.error("a step has one key, found \(entries.count)")
        }
        switch word {
        case "open": return try open(value)
        case "read": return try read(transfer: value)
        case "write": return try write(transfer: value)
        case "lock": return try lock(value)
        case "unlock": return try unlock(value)
        case "list", "stat", "volume", "delete": return try PathStepReader.read(word, value)
        case "rename": return try PathStepReader.rename(value)
        case "notify": return .notify(try template(value))
        case "think": return .think(try pause(value))
        case "repeat": return try loop(value)
        case "choose": return try choice(value)
        default: throw value.error("the step “\(word)” takes no values")
        }
    }

    static func template(_ node: ProfileNode) throws(ProfileError) -> PathTemplate {
        let text = try node.text("a path below the target, such as \"{run}\\\\file.txt\"")
        do {
            return try PathTemplate(text)
        } catch {
            switch error {
            case .empty: throw node.error("the path is empty")
            case .openBrace: throw node.error("“\(text)” has a { without its }")
            case .unknownName(let name):
                let hint = Suggestion.hint(for: name, among: PathTemplate.names)
                throw node.error("unknown name {\(name)}\(hint)")
            }
        }
    }

    private enum Access: String, CaseIterable {
        case read
        case write
        case update

        var step: Step.Access {
            switch self {
            case .read: .read
            case .write: .write
            case .update: .update
            }
        }
    }

    private enum Oplock: String, CaseIterable {
        case levelII = "level-ii"
        case exclusive
        case batch
    }

    private static func open(_ node: ProfileNode) throws(ProfileError) -> Step {
        guard !node.isScalar else { return .open(try template(node), .read) }
        var path: PathTemplate?
        var access = Access.read
        var options = Step.OpenOptions()
        for (key, value) in try node.mapping(of: ProfileShape.openKeys) {
            switch key {
            case "path": path = try template(value)
            case "access": access = try value.choice()
            case "oplock": options.oplock = try oplock(value)
            case "lease": options.lease = try lease(value)
            case "beside": options.isBeside = try value.boolean()
            case "accepts": options.accepts = try PathStepReader.accepts(value)
            default: options.exits = try value.boolean()
            }
        }
        guard let path else { throw node.error("`path:` is missing") }
        if access != .read { try PathStepReader.insistOnRun(path, node) }
        return .open(path, access.step, options)
    }

    private static func oplock(_ node: ProfileNode) throws(ProfileError) -> OplockLevel {
        switch try node.choice(of: Oplock.self) {
        case .levelII: .levelII
        case .exclusive: .exclusive
        case .batch: .batch
        }
    }

    /// Letters as the articles write them: `R`, `RH`, `RW` or `RWH`.
    private static func lease(_ node: ProfileNode) throws(ProfileError) -> LeaseState {
        switch try node.text("R, RH, RW or RWH") {
        case "R": .readCaching
        case "RH": [.readCaching, .handleCaching]
        case "RW": [.readCaching, .writeCaching]
        case "RWH": [.readCaching, .writeCaching, .handleCaching]
        case let word: throw node.error("expected R, RH, RW or RWH, found “\(word)”")
        }
    }

    private enum Offset: String, CaseIterable {
        case sequential
        case random
    }

    private struct Transfer {
        var size = 4_096
        var count = 1
        var offset = Offset.sequential
        /// Bytes.
        var within: Int?

        var place: Step.Offset {
            if let within { return .within(within) }
            return offset == .random ? .random : .sequential
        }
    }

    private static func transfer(_ node: ProfileNode) throws(ProfileError) -> Transfer {
        var transfer = Transfer()
        for (key, value) in try node.mapping(of: ProfileShape.transferKeys) {
            switch key {
            case "within": transfer.within = try value.size()
            case "size":
                transfer.size = try value.size()
                guard (1...1_048_576).contains(transfer.size) else {
                    throw value.error("a transfer is 1 byte to 1MiB long")
                }
            case "count": transfer.count = try value.integer(in: 1...1_000_000)
            default: transfer.offset = try value.choice()
            }
        }
        if transfer.within != nil, transfer.offset != .random {
            throw node.error("`within:` is for offset: random")
        }
        return transfer
    }

    private static func read(transfer node: ProfileNode) throws(ProfileError) -> Step {
        let transfer = try transfer(node)
        return .read(size: transfer.size, count: transfer.count, transfer.place)
    }

    private static func write(transfer node: ProfileNode) throws(ProfileError) -> Step {
        let transfer = try transfer(node)
        return .write(size: transfer.size, count: transfer.count, transfer.place)
    }

    private static func lock(_ node: ProfileNode) throws(ProfileError) -> Step {
        var (offset, length, waits) = (0, 1, true)
        for (key, value) in try node.mapping(of: ProfileShape.lockKeys) {
            switch key {
            case "offset": offset = try value.size()
            case "length": length = try value.size()
            default: waits = try value.boolean()
            }
        }
        return .lock(offset: UInt64(offset), length: UInt64(length), waits: waits)
    }

    private static func unlock(_ node: ProfileNode) throws(ProfileError) -> Step {
        var (offset, length) = (0, 1)
        for (key, value) in try node.mapping(of: ProfileShape.unlockKeys) {
            if key == "offset" { offset = try value.size() } else { length = try value.size() }
        }
        return .unlock(offset: UInt64(offset), length: UInt64(length))
    }

    /// `3s`, `{ uniform: [1s, 5s] }` or `{ exponential: 2s }`.
    static func pause(_ node: ProfileNode) throws(ProfileError) -> DurationDistribution {
        if node.isScalar { return .fixed(try node.duration()) }
        let entries = try node.mapping(of: ProfileShape.pauseKeys)
        guard entries.count == 1, let (key, value) = entries.first else {
            throw node.error("expected a duration, uniform: [from, to] or exponential: mean")
        }
        if key == "exponential" { return .exponential(try value.duration()) }
        let bounds = try value.sequence()
        guard bounds.count == 2 else { throw value.error("expected [from, to]") }
        let (low, high) = (try bounds[0].duration(), try bounds[1].duration())
        guard low <= high else { throw value.error("the pause ends before it begins") }
        return .uniform(low, high)
    }

    /// A list of steps for ever, or `{ times: n, steps: […] }`.
    private static func loop(_ node: ProfileNode) throws(ProfileError) -> Step {
        if let steps = try? node.sequence() {
            var body: [Step] = []
            for element in steps { body.append(try step(element)) }
            guard !body.isEmpty else { throw node.error("a repeat has no steps") }
            return .repeat(.forever, body)
        }
        var count = Step.Count.forever
        var body: [Step] = []
        for (key, value) in try node.mapping(of: ProfileShape.repeatKeys) {
            if key == "times" {
                count = .times(try value.integer(in: 1...1_000_000_000))
            } else {
                body = try steps(value)
            }
        }
        guard !body.isEmpty else { throw node.error("a repeat has no steps") }
        return .repeat(count, body)
    }

    private static func choice(_ node: ProfileNode) throws(ProfileError) -> Step {
        var choices: [Step.Choice] = []
        for element in try node.sequence() {
            var weight = 1
            var body: [Step] = []
            for (key, value) in try element.mapping(of: ProfileShape.choiceKeys) {
                if key == "weight" {
                    weight = try value.integer(in: 1...1_000_000)
                } else {
                    body = try steps(value)
                }
            }
            guard !body.isEmpty else { throw element.error("a choice has no steps") }
            choices.append(Step.Choice(weight: weight, steps: body))
        }
        guard !choices.isEmpty else { throw node.error("a choose has no choices") }
        return .choose(choices)
    }
}
