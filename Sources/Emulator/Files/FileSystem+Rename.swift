internal import Primitives
internal import SMBWire

/// FileRenameInformation as SET_INFO carries it ([MS-FSCC] 2.4.42.2).
struct RenameInformation: Hashable, Sendable {
    var replacesExisting: Bool
    /// Relative to the share.
    var name: String

    init(from reader: inout ByteReader) throws(WireError) {
        replacesExisting = try reader.uint8() != 0
        try reader.skip(15)
        let count = Int(try reader.uint32())
        name = try reader.utf16(byteCount: count)
    }
}

extension FileSystem {
    /// [MS-FSA] 2.1.5.15.12.
    mutating func rename(
        _ rename: RenameInformation,
        _ open: Int,
        at now: Instant,
        into effects: inout [FileEffect]
    ) -> Outcome {
        let node = opens[open].node
        guard opens[open].access.contains(.delete) else { return .status(.accessDenied) }
        guard tree.nodes[node].parent != nil else { return .status(.invalidParameter) }
        let components: [String]
        do {
            let name = rename.name.first == "\\" ? String(rename.name.dropFirst()) : rename.name
            components = try FileName.components(of: name)
        } catch {
            return .status(error.status)
        }
        guard let name = components.last else { return .status(.objectNameInvalid) }
        let share = tree.nodes[node].share
        let above = tree.place(share: share, Array(components.dropLast()))
        guard case .found(let parent) = above, tree.nodes[parent].isDirectory else {
            return .status(.objectPathNotFound)
        }
        if tree.nodes[node].isDirectory {
            guard !tree.isWithin(parent, node), !hasOpens(below: node) else {
                return .status(.accessDenied)
            }
        }
        guard !tree.nodes[parent].shareModes.hasDeleters else { return .status(.sharingViolation) }
        if let there = tree.nodes[parent].children.node(named: name), there != node {
            if let flaw = flaw(ofReplacing: there, by: node, rename) { return .status(flaw) }
            if loseHandles(of: there, to: open, at: now, into: &effects) {
                return .wait(node: there)
            }
            guard tree.nodes[there].opens.isEmpty else { return .status(.accessDenied) }
        }
        if loseHandles(of: node, to: open, at: now, into: &effects) { return .wait(node: node) }
        if let there = tree.nodes[parent].children.node(named: name), there != node {
            tree.remove(there)
            note([(.removed, name)], in: parent, as: .fileName, &effects)
        }
        move(node, to: parent, named: name, by: open, at: now, into: &effects)
        return .status(.success)
    }

    private func flaw(
        ofReplacing there: Int,
        by node: Int,
        _ rename: RenameInformation
    ) -> NTStatus? {
        guard rename.replacesExisting else { return .objectNameCollision }
        let file = tree.nodes[there]
        guard !file.isDirectory, !tree.nodes[node].isDirectory else { return .accessDenied }
        return file.attributes.contains(.readOnly) ? .accessDenied : nil
    }

    private func hasOpens(below directory: Int) -> Bool {
        opens.indices.contains { open in
            let node = opens[open].node
            return node != directory && tree.isWithin(node, directory)
        }
    }

    private mutating func move(
        _ node: Int,
        to parent: Int,
        named name: String,
        by open: Int,
        at now: Instant,
        into effects: inout [FileEffect]
    ) {
        let file = tree.nodes[node]
        let filter: ChangeNotifyRequest.Filter = file.isDirectory ? .directoryName : .fileName
        let old = file.parent ?? parent
        tree.move(node, to: parent, named: name)
        tree.nodes[node].times.change = time(now)
        touchDirectory(old, at: now)
        touchDirectory(parent, at: now)
        if old == parent {
            let changes: [(DirectoryChange.Action, String)] = [
                (.renamedOld, file.name), (.renamedNew, name),
            ]
            note(changes, in: parent, as: filter, &effects)
        } else {
            note([(.removed, file.name)], in: old, as: filter, &effects)
            note([(.added, name)], in: parent, as: filter, &effects)
        }
        // Windows reports a file, but no directory, as modified under its new name.
        if !file.isDirectory { noteModified(node, as: [.attributes, .creation], &effects) }
        breakDirectory(old, for: asker(open), at: now, into: &effects)
        if old != parent { breakDirectory(parent, for: asker(open), at: now, into: &effects) }
    }
}
