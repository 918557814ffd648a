internal import Dfs
internal import Primitives
internal import Redirector
internal import SMBWire

/// The redirector's answers, and the model's questions to Dfs client and redirector.
extension Host {
    mutating func answered(
        _ task: Int,
        _ answer: Answer,
        at now: Instant,
        into effects: inout [HostEffect]
    ) {
        guard task % plan.model.lanes == 0 else {
            agentAnswered(task, answer, into: &effects)
            return
        }
        let session = interpreter.session(of: task)
        guard sessions[session].noteAnswer(answer) else { return }
        if !answer.isSuccess {
            let server = server(of: task)
            sessions[session].work?.details.failedAt = server
            forgetDead(of: session)
        }
        sessions[session].noteStatus(answer)
        take(answer, session)
        let isGood = sessions.span[session].work?.status == .success
        interpreter.answer(task, isGood ? .success : .failed, into: &modelEffects)
    }

    /// The server of what an operation asks now; empty if there is none.
    private func server(of task: Int) -> String {
        let asked = sessions[interpreter.session(of: task)].asked
        let key = interpreter.key(of: task)
        let index = Int(asked?.end == .root ? key.root : key.server)
        return servers.indices.contains(index) ? servers[index].name : ""
    }

    /// Keeps what an answer brought.
    private mutating func take(_ answer: Answer, _ session: Int) {
        guard let asked = sessions.span[session].work?.asked else { return }
        // Of what was read and written nothing is kept.
        if answer.isSuccess, asked == .read || asked == .write { return }
        switch answer.result {
        case .connection(let connection):
            let key = interpreter.key(of: session * plan.model.lanes)
            let server = Int(asked.end == .root ? key.root : key.server)
            servers[server].connection = connection
            sessions[session].links.append(ServerLink(server: server, connection: connection))
        case .smbSession(let number):
            guard let index = linkIndex(session, asked.end) else { return }
            sessions[session].links[index].smbSession = number
        case .tree(let number, let response):
            guard let index = linkIndex(session, asked.end) else { return }
            let share =
                asked.end == .root
                ? "IPC$" : sessions.span[session].work?.details.target?.path.folded[1] ?? ""
            sessions[session].links[index].trees.append(
                .init(share: share, number: number, isDfs: response.capabilities.contains(.dfs))
            )
        case .open(let number, let response): take(number, response, session)
        case .bytes(let bytes): take(bytes, asked, session)
        case .written, .compound: break
        case .nothing:
            takeNothing(answer.status, asked, session, at: answer.times.answered)
        }
    }

    private mutating func take(_ open: OpenNumber, _ response: CreateResponse, _ session: Int) {
        guard let work = sessions[session].work else { return }
        if work.kind == .open, let path = work.path {
            if let current = sessions[session].open { sessions[session].parked.append(current) }
            let targetName = work.details.targetName ?? path.text
            let identity = response.diskIdentity(on: work.details.target?.host) ?? targetName
            var key = interpreter.key(of: session * plan.model.lanes)
            key.file = index(ofFile: identity)
            sessions[session].open = OpenFile(
                number: open,
                path: path,
                size: response.facts.endOfFile,
                key: key,
                identity: identity,
                targetName: targetName
            )
        } else if work.kind == .notify {
            sessions[session].watched = open
        } else {
            sessions[session].work?.open = open
        }
    }

    private mutating func take(_ bytes: ArraySlice<UInt8>, _ asked: ModelRequest, _ session: Int) {
        switch asked {
        case .getReferral: sessions[session].work?.details.output = Array(bytes)
        case .queryDirectory:
            sessions[session].work?.details.restartsListing = false
            guard let entries = try? DirectoryEntry.list(from: Array(bytes)) else {
                sessions[session].work?.status = .invalidNetworkResponse
                return
            }
            sessions[session].work?.details.entries += entries.count
        default: break
        }
    }

    private mutating func takeNothing(
        _ status: NTStatus,
        _ asked: ModelRequest,
        _ session: Int,
        at answeredAt: Instant
    ) {
        switch asked {
        case .close where status == .success:
            if sessions.span[session].work?.open != nil {
                sessions[session].work?.open = nil
            } else {
                sessions[session].open = sessions[session].parked.popLast()
            }
        case .lock where status == .success: noteLock(session, at: answeredAt)
        case .logoff:
            if let index = sessions[session].links.firstIndex(where: { $0.smbSession != nil }) {
                sessions[session].links.remove(at: index)
            }
        case .queryDirectory where status == .noMoreFiles || status == .noSuchFile:
            // No name fits the pattern: an answer, not a failure.
            sessions[session].work?.status = .success
            sessions[session].work?.sentence = nil
            sessions[session].work?.details.hasListedAll = true
        case .read where status == .endOfFile:
            // A file that is shorter than the script thinks: an answer, not a failure.
            sessions[session].work?.status = .success
            sessions[session].work?.sentence = nil
        default: break
        }
    }

    mutating func consult(_ query: Query, task: Int, at now: Instant) {
        let session = interpreter.session(of: task)
        switch query {
        case .path: consultPath(session, task: task, at: now)
        case .referral:
            let isNeeded = needsReferral(session, at: now)
            interpreter.answer(task, isNeeded ? .referralNeeded : .again, into: &modelEffects)
        case .learn:
            learn(session, at: now)
            interpreter.answer(task, .success, into: &modelEffects)
        case .startOver:
            startOver(session)
            interpreter.answer(task, .success, into: &modelEffects)
        case .threadExits:
            let exits = sessions.span[session].work?.details.options.exits ?? false
            interpreter.answer(task, exits ? .present : .missing, into: &modelEffects)
        case .attempted:
            interpreter.answer(task, attempted(session, at: now), into: &modelEffects)
        case .nextSMBSession:
            let isThere = sessions[session].links.contains { $0.smbSession != nil }
            interpreter.answer(task, isThere ? .present : .missing, into: &modelEffects)
        case .moreEntries:
            let hasMore =
                sessions[session].isGood
                && sessions.span[session].work?.details.hasListedAll == false
            interpreter.answer(task, hasMore ? .again : .success, into: &modelEffects)
        default:
            let isThere = isThere(query, session)
            interpreter.answer(task, isThere ? .present : .missing, into: &modelEffects)
        }
    }

    private mutating func isThere(_ query: Query, _ session: Int) -> Bool {
        switch query {
        case .connection(query.end):
            let key = interpreter.key(of: session * plan.model.lanes)
            let server = Int(query.end == .root ? key.root : key.server)
            guard let connection = servers[server].connection else { return false }
            if linkIndex(session, query.end) == nil {
                sessions[session].links.append(
                    ServerLink(server: server, connection: connection)
                )
            }
            return true
        case .smbSession(query.end): return link(session, query.end)?.smbSession != nil
        case .tree(query.end): return tree(session, query.end) != nil
        default: preconditionFailure("no query named \(query.name)")
        }
    }

    /// The Dfs client's next step; what it is about becomes the operation's key.
    private mutating func consultPath(_ session: Int, task: Int, at now: Instant) {
        guard var work = sessions[session].work.take(),
            var resolution = work.details.resolution.take()
        else { preconditionFailure("a path is asked for by operations that have one") }
        var key = interpreter.key(of: task)
        let outcome: Outcome
        switch dfs.advance(&resolution, at: now) {
        case .referral(let need):
            if work.details.need == need { work.repeats &+= 1 }
            work.details.need = need
            key.root = index(ofServer: need.host, for: session)
            key.junction = index(ofJunction: need.path)
            outcome = .referralNeeded
        case .attempt(let host, let target):
            work.details.target = .init(host: host, path: target, isDfs: true)
            key.server = index(ofServer: host, for: session)
            let isRoot = dfs.triesRoot(resolution)
            outcome = isRoot ? .rootChosen : .targetChosen
        case .notDfs(let path):
            work.details.target = .init(host: path.server, path: path, isDfs: false)
            key.server = index(ofServer: path.server, for: session)
            outcome = path.share == nil ? .failed : .targetChosen
        case .failed(let failure):
            work.status = failure.status
            work.sentence = failure.sentence + (work.details.cause.map { "; \($0)" } ?? "")
            outcome = failure.isCircle ? .circle : .failed
        }
        work.details.resolution = resolution
        sessions[session].work = work
        interpreter.answer(task, outcome, key: key, into: &modelEffects)
    }

    /// The operation keeps its resolution: it goes on only when the path itself is asked for.
    private mutating func needsReferral(_ session: Int, at now: Instant) -> Bool {
        guard var resolution = sessions.span[session].work?.details.resolution,
            case .referral(let need) = dfs.advance(&resolution, at: now)
        else { return false }
        return need == sessions.span[session].work?.details.need
    }

    private mutating func learn(_ session: Int, at now: Instant) {
        guard var resolution = sessions[session].work?.details.resolution,
            let work = sessions[session].work, let need = work.details.need
        else { return }
        sessions[session].work?.details.resolution = nil
        dfs.answered(&resolution, need, status: work.status, output: work.details.output, at: now)
        sessions[session].work?.details.resolution = resolution
        sessions[session].work?.details.recordLatencies.append(work.lastLatency)
        sessions[session].work?.details.output = []
        sessions[session].work?.details.cause = work.sentence
        sessions[session].work?.status = .success
        sessions[session].work?.sentence = nil
    }

    private mutating func attempted(_ session: Int, at now: Instant) -> Outcome {
        guard let work = sessions[session].work, let target = work.details.target,
            var resolution = work.details.resolution
        else { return .failed }
        guard target.isDfs else { return work.status == .success ? .success : .failed }
        sessions[session].work?.details.resolution = nil
        dfs.attempted(&resolution, target.path, status: work.status, at: now)
        sessions[session].work?.details.resolution = resolution
        sessions[session].work?.details.recordLatencies.append(work.lastLatency)
        guard resolution.hasEnded else {
            sessions[session].work?.details.cause = work.sentence
            sessions[session].work?.status = .success
            sessions[session].work?.sentence = nil
            return .again
        }
        return work.status == .success ? .success : .failed
    }
}
