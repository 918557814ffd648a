package import Primitives
package import SMBWire

extension FileSystem {
    package mutating func changeNotify(
        _ ticket: FileTicket,
        _ request: ChangeNotifyRequest,
        at now: Instant,
        into effects: inout [FileEffect]
    ) {
        guard let open = index(of: request.fileID) else {
            effects.append(.answered(ticket, .fileClosed, .nothing))
            return
        }
        let node = opens[open].node
        if let flaw = notifyFlaw(open) {
            effects.append(.answered(ticket, flaw, .nothing))
            return
        }
        let limit = Int(request.outputBufferLength)
        var watch =
            opens[open].watch
            ?? ChangeWatch(
                filter: request.filter,
                watchesTree: request.watchesTree,
                capacity: limit
            )
        if opens[open].watch == nil { tree.nodes[node].watchers.append(open) }
        let waiter = ChangeWatch.Waiter(ticket: ticket, limit: limit, since: now)
        if let (status, answer) = watch.ask(waiter) {
            effects.append(.answered(ticket, status, answer))
        } else {
            effects.append(.pending(ticket))
        }
        opens[open].watch = watch
    }

    private func notifyFlaw(_ open: Int) -> NTStatus? {
        let file = tree.nodes[opens[open].node]
        guard file.isDirectory else { return .invalidParameter }
        guard opens[open].access.contains(.readData) else { return .accessDenied }
        return file.isDeletePending ? .deletePending : nil
    }

    /// Tells who watches a directory, or a tree that it lies in, of changes in it.
    mutating func note(
        _ changes: [(DirectoryChange.Action, String)],
        in directory: Int,
        as filter: ChangeNotifyRequest.Filter,
        _ effects: inout [FileEffect]
    ) {
        var here: Int? = directory
        var prefix = ""
        while let node = here {
            for open in tree.nodes[node].watchers {
                guard let watch = opens[open].watch, !watch.filter.isDisjoint(with: filter),
                    node == directory || watch.watchesTree
                else { continue }
                let seen = changes.map { DirectoryChange(action: $0.0, name: prefix + $0.1) }
                if let (ticket, status, answer) = opens[open].watch?.saw(seen) {
                    effects.append(.answered(ticket, status, answer))
                }
            }
            prefix = tree.nodes[node].name + "\\" + prefix
            here = tree.nodes[node].parent
        }
    }

    /// The file itself has changed, not its name.
    mutating func noteModified(
        _ node: Int,
        as filter: ChangeNotifyRequest.Filter,
        _ effects: inout [FileEffect]
    ) {
        guard let parent = tree.nodes[node].parent else { return }
        note([(.modified, tree.nodes[node].name)], in: parent, as: filter, &effects)
    }

    /// Something was added to the directory or taken from it.
    mutating func touchDirectory(_ directory: Int, at now: Instant) {
        tree.nodes[directory].times.lastWrite = time(now)
        tree.nodes[directory].times.change = time(now)
    }
}

extension ChangeNotifyRequest.Filter {
    static let lastAccess = Self(rawValue: 0x20)
    static let sizeAndLastWrite: Self = [.size, .lastWrite]
    static let creation = Self(rawValue: 0x40)
    static let security = Self(rawValue: 0x100)
}
