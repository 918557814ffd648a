internal import Primitives

/// Old requests whose answer nobody in view brings: lost, never sent, a slow or a dead server.
struct AnswerRules {
    private let snapshot: WaitSnapshot
    private let index: WaitIndex
    private let stallAfter: UInt64

    init(_ snapshot: WaitSnapshot, _ index: WaitIndex, _ limits: Limits) {
        self.snapshot = snapshot
        self.index = index
        stallAfter = UInt64(max(0, limits.stallAfter.wholeNanoseconds))
    }

    /// One finding for each verdict and server; a lost response is one for its connection.
    func findings() -> [Finding] {
        var found: [Finding] = []
        var places: [GroupKey: Int] = [:]
        for wait in snapshot.waits.indices {
            guard snapshot.age(snapshot.waits[wait].since) >= stallAfter,
                !snapshot.waits[wait].isIndefinite,
                index.isAnsweredOutside[wait],
                let verdict = verdict(wait)
            else { continue }
            let key = groupKey(wait, verdict)
            let place = places[key] ?? found.count
            if place == found.count {
                places[key] = place
                found.append(finding(wait, verdict))
            }
            found[place].members.append(snapshot.waits[wait].party)
            let deadline = snapshot.waits[wait].deadline
            let timed = Int(found[place].timedWait)
            if !deadline.isNever, timed < 0 || deadline < snapshot.waits[timed].deadline {
                found[place].timedWait = Int32(wait)
            }
        }
        return found
    }

    private struct GroupKey: Hashable {
        var verdict: Verdict
        var name: Int32
    }

    private func groupKey(_ wait: Int, _ verdict: Verdict) -> GroupKey {
        guard let request = request(wait), let connection = connection(request) else {
            return GroupKey(verdict: verdict, name: -1 - snapshot.waits[wait].resource)
        }
        let name = verdict == .lostResponse ? request.connection : connection.server.rawValue
        return GroupKey(verdict: verdict, name: name)
    }

    private func request(_ wait: Int) -> WaitSnapshot.Request? {
        let place = Int(snapshot.waits[wait].request)
        return snapshot.requests.indices.contains(place) ? snapshot.requests[place] : nil
    }

    private func connection(_ request: WaitSnapshot.Request) -> WaitSnapshot.Connection? {
        let place = Int(request.connection)
        return snapshot.connections.indices.contains(place) ? snapshot.connections[place] : nil
    }

    private func verdict(_ wait: Int) -> Verdict? {
        guard let request = request(wait) else { return .slowServer }
        if request.sent == .never {
            return snapshot.age(request.created) >= stallAfter ? .neverSent : nil
        }
        let age = snapshot.age(request.sent)
        guard age >= stallAfter else { return nil }
        guard let connection = connection(request) else { return .slowServer }
        if isOvertaken(request, on: connection), !request.isInterim {
            let slow = connection.p99.multipliedReportingOverflow(by: 20)
            return slow.overflow || age <= slow.partialValue ? .slowServer : .lostResponse
        }
        let isSilent =
            connection.lastReceived == .never || connection.lastReceived <= request.sent
        return isSilent && !request.isInterim ? .deadServer : .slowServer
    }

    private func finding(_ wait: Int, _ verdict: Verdict) -> Finding {
        var finding = Finding(verdict)
        finding.resource = snapshot.waits[wait].resource
        finding.isPermanent = false
        finding.evidence = evidence(wait, verdict)
        return finding
    }

    private func evidence(_ wait: Int, _ verdict: Verdict) -> String {
        guard let request = request(wait), let connection = connection(request) else {
            return "the source says nothing about the request"
        }
        let server = snapshot.names[connection.server]
        let sent = "\(subject(request)) was sent \(Format.time(request.sent))"
        let answered = "\(connection.requestsAnswered) of \(connection.requestsSent) answered"
        switch verdict {
        case .neverSent:
            return "\(subject(request)) for \(server) was made \(Format.time(request.created))"
                + " and never written to its connection"
        case .lostResponse:
            return "\(sent); \(server) has answered"
                + " requests sent up to \(Format.time(connection.latestAnsweredSent)) on the same"
                + " connection, not this one (\(answered))"
        case .deadServer:
            let last =
                connection.lastReceived == .never
                ? "nothing has ever come"
                : "the last bytes came \(Format.time(connection.lastReceived))"
            return "\(sent); from \(server) \(last) (\(answered))"
                + (othersAnswer(connection) ? "; other connections to it live" : "")
        default:
            let last =
                request.isInterim
                ? pending(request, connection, server)
                : "\(server) is there: bytes came \(Format.time(connection.lastReceived))"
            return "\(sent); \(last) (\(answered))"
        }
    }

    /// `READ of \\fs1\data\a.txt (MessageId 77)`.
    private func subject(_ request: WaitSnapshot.Request) -> String {
        let path = snapshot.names[request.path]
        let id = request.sent == .never ? "" : " (MessageId \(request.messageID))"
        return snapshot.names[request.operation] + (path.isEmpty ? "" : " of \(path)") + id
    }

    /// A server that said it is at work: whom it keeps waiting, and what for.
    private func pending(
        _ request: WaitSnapshot.Request,
        _ connection: WaitSnapshot.Connection,
        _ server: String
    ) -> String {
        var text = "STATUS_PENDING has come for it"
        if isOvertaken(request, on: connection) {
            text += " and \(server) answers later ones: it alone is held up in the server"
        }
        // What an open waits for longer than a moment ([MS-SMB2] 3.3.5.9).
        if snapshot.names[request.operation] == "CREATE" {
            text += ", as by another client that owes a lease or oplock break"
            text += " (OplockBreakWait, 35 s)"
        }
        return text
    }

    private func isOvertaken(
        _ request: WaitSnapshot.Request,
        on connection: WaitSnapshot.Connection
    ) -> Bool {
        connection.latestAnsweredSent != .never
            && connection.latestAnsweredSent > request.sent
    }

    private func othersAnswer(_ connection: WaitSnapshot.Connection) -> Bool {
        let server = snapshot.names[connection.server]
        return snapshot.connections.contains {
            $0.key != connection.key && snapshot.names[$0.server] == server
                && $0.lastReceived != .never && snapshot.age($0.lastReceived) < stallAfter
        }
    }
}
