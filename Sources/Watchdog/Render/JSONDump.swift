internal import Primitives

/// A hang for machines: the same facts as the text dump, in full.
package enum JSONDump {
    package static func text(of hang: Hang, header: DumpHeader = DumpHeader()) -> String {
        var members: [(String, JSONText)] = [("schema", .text("gridlock.hang/1"))]
        if !header.run.isEmpty { members.append(("run", .text(header.run))) }
        if let seed = header.seed { members.append(("seed", .whole(seed))) }
        if !header.client.isEmpty { members.append(("client", .text(header.client))) }
        if !header.note.isEmpty { members.append(("note", .text(header.note))) }
        members += facts(hang)
        members += groups(hang)
        var text = ""
        JSONText.object(members).write(into: &text)
        return text + "\n"
    }

    private static func facts(_ hang: Hang) -> [(String, JSONText)] {
        var members: [(String, JSONText)] = [
            ("id", .count(hang.id)),
            ("verdict", .text(hang.verdict.rawValue)),
            ("sentence", .text(hang.sentence)),
            ("proved", .boolean(hang.isProved)),
            ("permanent", .boolean(hang.isPermanent)),
            ("confirmed", .boolean(true)),
            ("confirmation", .text(hang.confirmationText)),
            ("exitCode", .whole(UInt64(hang.exitCode))),
            ("atSeconds", time(hang.instant)),
            ("sinceSeconds", time(hang.since)),
            ("closedAtSeconds", time(hang.closedAt)),
            ("closedBy", .text(hang.closedBy)),
            ("sessions", .count(hang.sessionCount)),
        ]
        if !hang.evidence.isEmpty { members.append(("evidence", .text(hang.evidence))) }
        if !hang.server.isEmpty { members.append(("server", .text(hang.server))) }
        if let timer = hang.timer { members.append(("timer", json(timer))) }
        if let cheapest = hang.cheapest { members.append(("cheapest", session(cheapest))) }
        return members
    }

    private static func groups(_ hang: Hang) -> [(String, JSONText)] {
        [
            (hang.isRing ? "cycle" : "root", .array(hang.cycle.map(member))),
            ("others", .array(hang.others.map(member))),
            ("component", .array(hang.component.map(session))),
            ("behind", .array(hang.behind.map(session))),
            ("queues", .array(hang.queues.map(queue))),
            ("order", .array(hang.order.map(order))),
            ("conflicts", .array(hang.conflicts.map(conflict))),
        ]
    }

    private static func member(_ member: Hang.Member) -> JSONText {
        var members: [(String, JSONText)] = [("name", .text(member.name))]
        if let number = member.session { members.append(("session", session(number))) }
        members += [("source", .text(member.source)), ("state", .text(state(member.state)))]
        if !member.operation.isEmpty { members.append(("operation", .text(member.operation))) }
        if !member.path.isEmpty { members.append(("path", .text(member.path))) }
        if let stalled = member.stalled {
            members.append(("stalledSeconds", .seconds(stalled)))
        }
        members += [
            ("wants", .array(member.wants.map(want))), ("holds", .array(member.holds.map(holding))),
        ]
        return .object(members)
    }

    private static func want(_ want: Hang.Want) -> JSONText {
        var members: [(String, JSONText)] = [
            ("resource", .text(want.resource)), ("mode", .text(want.mode)),
            ("ageSeconds", .seconds(want.age)), ("site", .text(want.site)),
        ]
        if want.place > 0 {
            members += [("place", .count(want.place)), ("queue", .count(want.queueLength))]
        }
        if !want.behind.isEmpty { members.append(("behind", .text(want.behind))) }
        members.append(("heldBy", .array(want.heldBy.map(holder))))
        if want.moreHolders > 0 { members.append(("moreHolders", .count(want.moreHolders))) }
        if let timer = want.timer { members.append(("timer", json(timer))) }
        if let request = want.request { members.append(("request", json(request))) }
        return .object(members)
    }

    private static func holder(_ holder: Hang.Holder) -> JSONText {
        .object([
            ("name", .text(holder.name)), ("mode", .text(holder.mode)),
            ("ageSeconds", .seconds(holder.age)), ("state", .text(state(holder.state))),
        ])
    }

    private static func holding(_ holding: Hang.Holding) -> JSONText {
        .object([
            ("resource", .text(holding.resource)), ("mode", .text(holding.mode)),
            ("ageSeconds", .seconds(holding.age)), ("site", .text(holding.site)),
        ])
    }

    private static func json(_ request: Hang.RequestFacts) -> JSONText {
        var members: [(String, JSONText)] = [
            ("operation", .text(request.operation)), ("path", .text(request.path)),
            ("server", .text(request.server)), ("tuple", .text(request.tuple)),
            ("sessionId", .whole(request.sessionID)), ("treeId", .whole(UInt64(request.treeID))),
            ("messageId", .whole(request.messageID)), ("asyncId", .whole(request.asyncID)),
            ("interim", .boolean(request.isInterim)),
        ]
        if request.sent != .never { members.append(("sentSeconds", time(request.sent))) }
        return .object(members)
    }

    private static func queue(_ queue: Hang.Queue) -> JSONText {
        .object([
            ("resource", .text(queue.resource)), ("count", .count(queue.count)),
            ("sharedBehindExclusive", .count(queue.sharedBehindExclusive)),
            ("exclusive", .text(queue.exclusive)),
            ("names", .array(queue.names.map { .text($0) })),
        ])
    }

    private static func order(_ line: Hang.OrderLine) -> JSONText {
        .object([
            ("name", .text(line.name)), ("held", .text(line.held)), ("wanted", .text(line.wanted)),
        ])
    }

    private static func conflict(_ conflict: LockOrder.Conflict) -> JSONText {
        .array(
            conflict.edges.map {
                .object([
                    ("held", .text($0.held)), ("wanted", .text($0.wanted)),
                    ("count", .whole($0.count)), ("firstSeconds", time($0.first)),
                ])
            }
        )
    }

    private static func json(_ timer: Hang.Timer) -> JSONText {
        .object([("name", .text(timer.name)), ("atSeconds", time(timer.at))])
    }

    private static func session(_ number: SessionNumber) -> JSONText { .count(number.rawValue) }

    private static func time(_ instant: Instant) -> JSONText { .seconds(instant.nanoseconds) }

    private static func state(_ state: WaitSnapshot.Party.State) -> String {
        switch state {
        case .alive: "alive"
        case .ended: "ended"
        case .outside: "outside"
        }
    }
}
