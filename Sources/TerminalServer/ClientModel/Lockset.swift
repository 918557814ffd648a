/// Which locks guard one piece of shared knowledge, read off the program text.
///
/// "Some lock is held" is not "the right lock is held": what is in `classes` is held at every place
/// that touches the knowledge, exclusively wherever it is changed.
package struct Lockset: Hashable, Sendable {
    /// The name of a fact or of a query.
    package let knowledge: String
    /// Names of resources in the order in which the first place takes them.
    package let classes: [String]

    package init(knowledge: String, classes: [String]) {
        self.knowledge = knowledge
        self.classes = classes
    }
}

extension CompiledModel {
    /// One for each fact and each query that a program touches, in program order.
    ///
    /// A pool's units guard nothing: several may be given out at a time.
    package var locksets: [Lockset] {
        var found: [Lockset] = []
        for (address, instruction) in code.enumerated() {
            let name: String
            var changes = false
            switch instruction {
            case .consult(let query): name = queries[Int(query)].name
            case .unless(let fact, _): name = facts[Int(fact)].name
            case .assign(let fact, _): (name, changes) = (facts[Int(fact)].name, true)
            default: continue
            }
            let held = guards(at: address, exclusiveOnly: changes)
            if let place = found.firstIndex(where: { $0.knowledge == name }) {
                let common = found[place].classes.filter(held.contains)
                found[place] = Lockset(knowledge: name, classes: common)
            } else {
                found.append(Lockset(knowledge: name, classes: held))
            }
        }
        return found
    }

    private func guards(at address: Int, exclusiveOnly: Bool) -> [String] {
        holdRange(at: UInt16(address)).compactMap { index in
            let held = hold(index)
            let resource = resources[Int(held.resource)]
            guard !resource.isCounting, !exclusiveOnly || held.mode == .exclusive else {
                return nil
            }
            return resource.name
        }
    }
}
