internal import Primitives
internal import SMBWire

extension FileSystem {
    /// What the file's other opens leave possible.
    private struct Company {
        /// Somebody else has it open for more than its attributes, or caches it.
        var hasOthers = false
        /// Somebody else caches writes, and has not been asked to stop: an open for attributes
        /// alone gets nothing beside it.
        var hasWriter = false
        /// Somebody else holds an oplock: handles are not cached beside it.
        var hasOplock = false
        /// Somebody else holds a lease with H: level II is not granted beside it.
        var hasHandleLease = false
    }

    /// Grants an oplock, or a lease new or grown, as far as the others allow ([MS-FSA] 2.1.5.18).
    mutating func grant(_ opening: Opening, open: Int, node: Int, access: AccessMask) -> Int? {
        if let wanted = opening.lease {
            return grant(wanted, open: open, node: node)
        }
        let level = opening.request.oplockLevel
        guard level != .lease, !tree.nodes[node].isDirectory else { return nil }
        let company = company(on: node, lease: nil)
        var state = CachingRight.state(of: level)
        if company.hasOthers { state = state.intersection(.readCaching) }
        if company.hasHandleLease || company.hasWriter { state = [] }
        if !state.contains(.writeCaching), !tree.nodes[node].locks.isEmpty { state = [] }
        guard !state.isEmpty else { return nil }
        return addRight(
            CachingRight(form: .oplock, node: node, opens: [open], state: state)
        )
    }

    private mutating func grant(_ wanted: Opening.WantedLease, open: Int, node: Int) -> Int? {
        if let held = leases[wanted.name] {
            rights[held].opens.append(open)
            upgrade(held, to: wanted.lease.state)
            return held
        }
        let isDirectory = tree.nodes[node].isDirectory
        guard !isDirectory || wanted.lease.version2 != nil else { return nil }
        let valid = CachingRight.valid(wanted.lease.state, isDirectory: isDirectory)
        var right = CachingRight(
            form: .lease(wanted.name, isVersion2: wanted.lease.version2 != nil),
            node: node,
            opens: [open],
            state: possible(valid, on: node, lease: wanted.name)
        )
        right.parentKey = wanted.lease.version2?.parentKey
        right.epoch = (wanted.lease.version2?.epoch ?? 0) &+ 1
        let index = addRight(right)
        leases[wanted.name] = index
        return index
    }

    private mutating func addRight(_ right: CachingRight) -> Int {
        let index = rights.insert(right)
        tree.nodes[right.node].rights.append(index)
        return index
    }

    /// A lease grows only into a state that contains its own and that can be had as a whole
    /// ([MS-SMB2] 3.3.5.9.8); it never shrinks so, and not at all while it breaks.
    private mutating func upgrade(_ index: Int, to state: LeaseState) {
        let right = rights[index]
        guard right.breaking == nil, let name = right.leaseName else { return }
        let isDirectory = tree.nodes[right.node].isDirectory
        let wanted = CachingRight.valid(state, isDirectory: isDirectory)
        guard wanted == state, wanted.isStrictSuperset(of: right.state),
            possible(wanted, on: right.node, lease: name) == wanted
        else { return }
        rights[index].state = wanted
        rights[index].epoch &+= 1
    }

    /// The part of a lease state that the file's other opens leave.
    private func possible(
        _ wanted: LeaseState,
        on node: Int,
        lease: LeaseName
    ) -> LeaseState {
        let company = company(on: node, lease: lease)
        var state = wanted
        if company.hasOthers { state.remove(.writeCaching) }
        if company.hasOplock { state.remove(.handleCaching) }
        if company.hasWriter { state = [] }
        if !state.contains(.writeCaching), !tree.nodes[node].locks.isEmpty { state = [] }
        return state
    }

    private func company(on node: Int, lease: LeaseName?) -> Company {
        var company = Company()
        for index in tree.nodes[node].rights {
            let right = rights[index]
            if let name = right.leaseName {
                if name == lease { continue }
                if right.state.contains(.handleCaching) { company.hasHandleLease = true }
            } else {
                company.hasOplock = true
            }
            if !right.state.isEmpty { company.hasOthers = true }
            if right.state.contains(.writeCaching) { company.hasWriter = true }
        }
        if company.hasOthers { return company }
        company.hasOthers = tree.nodes[node].opens.contains { other in
            let name = opens[other].right.flatMap { rights[$0].leaseName }
            if let name, name == lease { return false }
            return !opens[other].access.isSubset(of: .attributesOnly)
        }
        return company
    }
}
