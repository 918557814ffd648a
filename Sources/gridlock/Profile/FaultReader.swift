internal import Emulator
internal import Primitives
internal import SMBWire
internal import TerminalServer

/// Reads the `faults:` of a profile's namespace: by name, `when:` and `do:`.
enum FaultReader {
    static func read(_ node: ProfileNode) throws(ProfileError) -> [FaultPlan] {
        var faults: [FaultPlan] = []
        for (name, entry) in try node.mapping() {
            faults.append(try fault(name, entry.node))
        }
        return faults
    }

    private static func fault(
        _ name: String,
        _ node: ProfileNode
    ) throws(ProfileError) -> FaultPlan {
        var condition = FaultCondition()
        var action: FaultAction?
        var isOn = true
        for (key, value) in try node.mapping(of: ProfileShape.faultKeys) {
            switch key {
            case "when": condition = try self.condition(value)
            case "do": action = try FaultActionReader.read(value)
            default: isOn = try value.boolean()
            }
        }
        guard let action else { throw node.error("`do:` is missing") }
        var fault = FaultPlan(name: name, when: condition, action: action)
        fault.isOn = isOn
        return fault
    }

    private static func condition(_ node: ProfileNode) throws(ProfileError) -> FaultCondition {
        var condition = FaultCondition()
        for (key, value) in try node.mapping(of: ProfileShape.conditionKeys) {
            switch key {
            case "server": condition.server = try value.text("a server's name").uppercased()
            case "messages": condition.messages = try messages(value)
            case "nth": condition.nth = try value.integer(in: 1...1_000_000_000)
            case "session": condition.session = try value.integer(in: 1...1_000_000)
            case "probability": condition.probability = try value.number(in: 0...1)
            case "from": condition.from = try value.duration()
            default: condition.until = try value.duration()
            }
        }
        if let until = condition.until, until <= condition.from {
            throw node.error("the window ends before it begins")
        }
        return condition
    }

    private static func messages(_ node: ProfileNode) throws(ProfileError) -> [MessageName] {
        guard !node.isScalar else { return [try message(node)] }
        var messages: [MessageName] = []
        for element in try node.sequence() { messages.append(try message(element)) }
        return messages
    }

    static func status(_ node: ProfileNode) throws(ProfileError) -> NTStatus {
        let word = try node.text("a status such as STATUS_ACCESS_DENIED")
        guard let status = NTStatus(named: word) else {
            throw node.error(
                "there is no status “\(word)”; expected one such as STATUS_ACCESS_DENIED"
            )
        }
        return status
    }

    static func message(_ node: ProfileNode) throws(ProfileError) -> MessageName {
        let word = try node.text("a message's name")
        guard let message = MessageName.all.first(where: { $0.name == word }) else {
            let hint = Suggestion.hint(for: word, among: MessageName.all.map(\.name))
            throw node.error("unknown message “\(word)”\(hint)")
        }
        return message
    }
}

/// Reads what a fault does: a word, or a mapping with that word and its values.
enum FaultActionReader {
    static let plain: KeyValuePairs<String, FaultAction> = [
        "lose-request": .loseRequest, "lose-answer": .loseAnswer, "freeze": .freeze,
        "reset": .reset, "refuse": .refuse, "half-open": .halfOpen, "truncate": .truncate,
        "garble": .garble, "starve-credits": .starveCredits, "expire-session": .expireSession,
        "drop-break": .dropBreak, "stale-referral": .staleReferral,
    ]

    static func read(_ node: ProfileNode) throws(ProfileError) -> FaultAction {
        if node.isScalar {
            let word = try node.text("what the fault does")
            guard let action = plain.first(where: { $0.key == word })?.value else {
                let hint = Suggestion.hint(
                    for: word,
                    among: plain.map(\.key) + ProfileShape.actionKeys.map(\.name)
                )
                throw node.error("unknown fault “\(word)”\(hint)")
            }
            return action
        }
        var action: FaultAction?
        var (until, end) = (HoldUntil?.none, HoldEnd.release)
        for (key, value) in try node.mapping(of: ProfileShape.actionKeys) {
            switch key {
            case "delay": action = .delay(try ScriptReader.pause(value))
            case "drip": action = .drip(max(1, try value.size()))
            case "answer": action = .answer(try FaultReader.status(value))
            case "path-consumed": action = .pathConsumed(try value.integer(in: -65_535...65_535))
            case "hold": until = try hold(value)
            default: end = try self.end(value)
            }
        }
        if let until { return .hold(until, then: end) }
        guard let action else { throw node.error("`hold:` is missing beside `then:`") }
        return action
    }

    /// `2s`, `for-ever`, or `{ message: CREATE, server: fs1 }`.
    private static func hold(_ node: ProfileNode) throws(ProfileError) -> HoldUntil {
        guard !node.isScalar else {
            let text = try node.text("a duration, or for-ever")
            return text == "for-ever" ? .forEver : .after(try node.duration())
        }
        var (message, server) = (MessageName?.none, String?.none)
        for (key, value) in try node.mapping(of: ProfileShape.holdUntilKeys) {
            if key == "message" {
                message = try FaultReader.message(value)
            } else {
                server = try value.text("a server's name").uppercased()
            }
        }
        guard let message else { throw node.error("`message:` is missing") }
        return .message(message, server: server)
    }

    private static func end(_ node: ProfileNode) throws(ProfileError) -> HoldEnd {
        guard node.isScalar else {
            for (_, value) in try node.mapping(of: ProfileShape.answerKeys) {
                return .answer(try FaultReader.status(value))
            }
            throw node.error("expected release, reset, drop or answer: STATUS_…")
        }
        switch try node.text("release, reset, drop or answer: STATUS_…") {
        case "release": return .release
        case "reset": return .reset
        case "drop": return .drop
        case let word:
            let hint = Suggestion.hint(for: word, among: ["release", "reset", "drop", "answer"])
            throw node.error("unknown word “\(word)”\(hint)")
        }
    }
}
