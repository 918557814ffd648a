internal import Primitives

/// A hang for people: the form of a lock manager's deadlock report.
///
/// The ring in its order, each member with what it wants, who has that, and what it holds, with
/// modes (S shared, X exclusive, a number of units), ages, program lines and queue places.
package struct TextDump {
    /// Members printed of the ring and of the rest of its component; the others are counted.
    private static let membersMax = 12
    private static let resourceWidth = 22

    private let hang: Hang
    private let header: DumpHeader
    private var text = ""

    private init(_ hang: Hang, _ header: DumpHeader) {
        self.hang = hang
        self.header = header
    }

    /// Ends with a newline.
    package static func text(of hang: Hang, header: DumpHeader = DumpHeader()) -> String {
        var dump = TextDump(hang, header)
        dump.head()
        dump.core()
        dump.rest()
        dump.seen()
        return dump.text
    }

    private mutating func line(_ content: String) {
        var content = Format.line(content)
        while content.last == " " { content.removeLast() }
        text += content + "\n"
    }

    private mutating func head() {
        var title = "GRIDLOCK HANG #\(hang.id)  \(hang.verdict.rawValue.uppercased())"
        title += "  \(certainty)\(hang.confirmationText) "
        if !header.run.isEmpty { title += "  run \(header.run)" }
        if let seed = header.seed { title += "  seed \(Format.hexadecimal(seed))" }
        if !header.client.isEmpty { title += "  client \(header.client)" }
        line(title + "  t=\(Format.time(hang.instant))")
        if !header.note.isEmpty { line("note:   \(header.note)") }
        let free = max(0, hang.sessionCount - hang.component.count - hang.behind.count)
        line(
            "root:   \(root).  behind: \(hang.behind.count) of"
                + " \(Format.count(hang.sessionCount, "session")).  \(free) not held up by it."
        )
        if !hang.evidence.isEmpty { line("why:    \(hang.evidence)") }
        if let timer = hang.timer {
            line("ends:   by \(timer.name) at \(Format.time(timer.at))")
        } else if hang.isPermanent {
            line("ends:   never by itself: no timer is in it")
        }
        guard !hang.order.isEmpty else { return }
        let order = hang.order.prefix(Self.membersMax)
            .map { "\($0.name): \($0.held) -> \($0.wanted)" }
        line("order:  \(order.joined(separator: "     "))")
    }

    private var certainty: String {
        if hang.isProved { return "proved, " }
        return hang.isSuspected ? "suspected, " : "by its evidence, "
    }

    private var root: String {
        var resources: [String] = []
        for member in hang.cycle.prefix(Self.membersMax) {
            for want in member.wants where !resources.contains(want.resource) {
                resources.append(want.resource)
            }
        }
        let sessions = Format.count(hang.component.count, "session")
        let others = hang.rootCount - hang.component.count
        let parties =
            others > 0 ? " (\(Format.count(hang.rootCount, "activity", "activities")))" : ""
        guard hang.isRing else { return sessions + parties }
        return "\(sessions)\(parties), shortest ring \(hang.cycle.count), "
            + Format.count(resources.count, "resource")
    }

    private mutating func core() {
        for member in hang.cycle.prefix(Self.membersMax) { self.member(member) }
        let more = hang.cycle.count - Self.membersMax
        if more > 0 { line("  … \(more) more") }
        guard hang.isRing, let first = hang.cycle.first else { return }
        let ago = Format.seconds(hang.instant.nanoseconds(since: hang.closedAt))
        line("  -> \(first.name) (cycle closed \(ago) ago by \(hang.closedBy)'s wait)")
        if let cheapest = hang.cheapest {
            line("break:  cancelling S\(cheapest.rawValue)'s operation loses the least")
        }
    }

    private mutating func member(_ member: Hang.Member) {
        var title = "  \(member.name)\(member.state.note)"
        if !member.operation.isEmpty { title += "  \(member.operation)" }
        if !member.path.isEmpty { title += " \(member.path)" }
        if let stalled = member.stalled { title += "   stalled \(Format.seconds(stalled))" }
        line(title)
        for want in member.wants { self.want(want) }
        for hold in member.holds {
            let what = pad("\(hold.resource) \(hold.mode)")
            line("       holds \(what) \(pad(Format.seconds(hold.age), 32)) \(hold.site)")
        }
    }

    private mutating func want(_ want: Hang.Want) {
        var holders = want.heldBy.prefix(3).map {
            "\($0.name)\($0.state.note) (\($0.mode), \(Format.seconds($0.age)))"
        }
        let more = want.heldBy.count - holders.count + want.moreHolders
        if more > 0 { holders.append("\(more) more") }
        let who = holders.isEmpty ? "" : "held by \(holders.joined(separator: ", "))"
        let place = want.place > 0 ? "   queue \(want.place)/\(want.queueLength)" : ""
        let what = pad("\(want.resource) \(want.mode)")
        line("       wants \(what) \(pad(who, 32)) \(want.site)\(place)")
        line("             since \(Format.seconds(want.age))\(afterAge(want))")
        if let request = want.request { self.request(request) }
    }

    private func afterAge(_ want: Hang.Want) -> String {
        var text = want.behind.isEmpty ? "" : ", behind \(want.behind)"
        if let timer = want.timer {
            text += ", until \(timer.name) at \(Format.time(timer.at))"
        }
        return text
    }

    private mutating func request(_ request: Hang.RequestFacts) {
        let sent = request.sent == .never ? "never sent" : "sent \(Format.time(request.sent))"
        line("             request \(request.operation) \(request.path)  to \(request.server)")
        line("             \(request.tuple)  \(sent)\(request.isInterim ? ", STATUS_PENDING" : "")")
        line(
            "             SessionId \(Format.hexadecimal(request.sessionID))"
                + "  TreeId \(Format.hexadecimal(UInt64(request.treeID)))"
                + "  MessageId \(request.messageID)"
                + "  AsyncId \(Format.hexadecimal(request.asyncID))"
        )
    }

    private mutating func rest() {
        let members = hang.others.prefix(Self.membersMax)
        if !members.isEmpty {
            let all = hang.rootCount - hang.cycle.count
            line("component: \(all) more that wait in rings with these")
            for member in members { self.member(member) }
            if all > members.count { line("  … \(all - members.count) more") }
        }
        guard !hang.queues.isEmpty else { return }
        let queues = hang.queues.prefix(Self.membersMax).map { queue in
            let shared = queue.sharedBehindExclusive
            let note = shared == 0 ? "" : " (\(shared) S behind \(queue.exclusive)'s X)"
            return "\(queue.resource) \(queue.count)\(note)"
        }
        line("behind: \(queues.joined(separator: ", "))")
        for queue in hang.queues.prefix(4) {
            let more = queue.count - queue.names.count
            let names = queue.names + (more > 0 ? ["\(more) more"] : [])
            line("        \(queue.resource): \(names.joined(separator: ", "))")
        }
    }

    private mutating func seen() {
        for conflict in hang.conflicts {
            let edges = conflict.edges.map {
                "\($0.held)->\($0.wanted) \($0.count)x first \(Format.time($0.first))"
            }
            let known = conflict.edges.map(\.first).max() ?? .zero
            line(
                "seen:   \(edges.joined(separator: ";  "))"
                    + "   (order conflict known since \(Format.time(known)))"
            )
        }
    }

    private func pad(_ text: String, _ width: Int = resourceWidth) -> String {
        text + String(repeating: " ", count: max(2, width - text.count))
    }
}
