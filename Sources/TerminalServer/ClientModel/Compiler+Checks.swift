/// What a program text must not do, found without running it.
extension Compiler {
    func check() throws(ModelError) {
        for caller in entries.indices { try checkAgents(of: caller) }
        try checkPerformers()
        try checkLoops()
        try checkKeys()
    }

    /// The path decides of which junction and server an operation is: to ask for it under one of
    /// those would give back another one.
    private func checkKeys() throws(ModelError) {
        for address in code.indices {
            guard case .consult(let query) = code[address], queries[Int(query)] == .path,
                holds[address].contains(where: { isOfPlace(resources[Int($0.resource)].scope) })
            else { continue }
            throw .movesUnderHold(line: Int(lines[address]))
        }
    }

    /// The addresses of a program.
    private func addresses(of entry: Int) -> Range<Int> {
        let end = entry + 1 < entries.count ? Int(entries[entry + 1].address) : code.count
        return Int(entries[entry].address)..<end
    }

    /// Whom a program waits for.
    private func performed(by entry: Int) -> [Int] {
        addresses(of: entry).compactMap { address in
            if case .perform(let program, _) = code[address] { Int(program) } else { nil }
        }
    }

    private func launched(by entry: Int) -> [Int] {
        addresses(of: entry).compactMap { address in
            if case .launch(let program) = code[address] { Int(program) } else { nil }
        }
    }

    private func checkAgents(of caller: Int) throws(ModelError) {
        for address in addresses(of: caller) {
            let program: UInt8
            switch code[address] {
            case .perform(let performed, _): program = performed
            case .launch(let launched): program = launched
            default: continue
            }
            guard entries[Int(program)].role != .operation else {
                throw .notAnAgent(entries[Int(program)].name, line: Int(lines[address]))
            }
        }
        var reached: [Int] = []
        var next = performed(by: caller)
        while let entry = next.popLast() {
            guard entry != caller else { throw .recursion(entries[caller].name) }
            guard !reached.contains(entry) else { continue }
            reached.append(entry)
            next += performed(by: entry)
        }
    }

    /// A session has one agent of a kind.
    ///
    /// Operations run one after the other, so all of them may perform it; an agent beside them, or
    /// a launch, could be in the way.
    private func checkPerformers() throws(ModelError) {
        for agent in entries.indices where entries[agent].role != .operation {
            var lanes: [Int] = []
            var isLaunched = false
            for caller in entries.indices {
                isLaunched = isLaunched || launched(by: caller).contains(agent)
                guard performed(by: caller).contains(agent) else { continue }
                if !lanes.contains(entries[caller].lane) { lanes.append(entries[caller].lane) }
            }
            guard lanes.count + (isLaunched ? 1 : 0) <= 1 || lanes.isEmpty else {
                throw .agentPerformedTwice(entries[agent].name)
            }
        }
    }

    private func isOfPlace(_ scope: Scope) -> Bool {
        switch scope {
        case .server, .root, .junction: true
        case .host, .file: false
        }
    }

    private enum Visit {
        case unseen
        case open
        case done
    }

    /// Looks for a circle of instructions that run without a stop, depth first.
    private func checkLoops() throws(ModelError) {
        var visits = [Visit](repeating: .unseen, count: code.count)
        for start in code.indices where visits[start] == .unseen {
            var path = [(address: start, next: 0)]
            visits[start] = .open
            while let top = path.last {
                let successors = localSuccessors(of: top.address)
                guard top.next < successors.count else {
                    visits[top.address] = .done
                    path.removeLast()
                    continue
                }
                path[path.count - 1].next += 1
                let successor = successors[top.next]
                switch visits[successor] {
                case .open: throw .spins(line: Int(lines[successor]))
                case .done: break
                case .unseen:
                    visits[successor] = .open
                    path.append((successor, 0))
                }
            }
        }
    }

    /// Where the interpreter goes on at once; nowhere from where it waits for its driver.
    private func localSuccessors(of address: Int) -> [Int] {
        switch code[address] {
        case .acquire, .claim, .point, .request, .consult, .perform, .finish, .abandon: []
        case .release, .downgrade, .launch, .assign: [address + 1]
        case .unless(_, let target), .unlessOutcome(_, let target): [address + 1, Int(target)]
        case .jump(let target): [Int(target)]
        }
    }
}
