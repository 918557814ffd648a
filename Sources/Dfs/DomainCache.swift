/// The domains that are known, and a domain controller for each ([MS-DFSC] 3.1.1, DomainCache).
package struct DomainCache: Hashable, Sendable {
    package struct Entry: Hashable, Sendable {
        /// Upper case, without a backslash.
        package let name: String
        package var controllers: [String] = []
        /// Index of the controller to ask.
        package var hint = 0

        package var controller: String? {
            controllers.indices.contains(hint) ? controllers[hint] : nil
        }
    }

    package private(set) var entries: [Entry] = []

    package init() {}

    private static func fold(_ name: String) -> String {
        String(name.drop { $0 == "\\" }).uppercased()
    }

    package func entry(_ name: String) -> Entry? {
        let folded = Self.fold(name)
        return entries.first { $0.name == folded }
    }

    /// Adds names that are missing; none is ever removed.
    package mutating func add(_ names: [String]) {
        for name in names.map(Self.fold)
        where !name.isEmpty && !entries.contains(where: { $0.name == name }) {
            entries.append(Entry(name: name))
        }
    }

    /// The answer to a DC referral: the list, and its first as the one to ask.
    package mutating func setControllers(_ names: [String], of domain: String) {
        let folded = Self.fold(domain)
        guard let index = entries.firstIndex(where: { $0.name == folded }) else { return }
        entries[index].controllers = names.map { String($0.drop { $0 == "\\" }) }
        entries[index].hint = 0
    }

    /// The next controller of the list; false when all have been tried.
    package mutating func advance(_ domain: String) -> Bool {
        let folded = Self.fold(domain)
        guard let index = entries.firstIndex(where: { $0.name == folded }) else { return false }
        guard entries[index].hint + 1 < entries[index].controllers.count else { return false }
        entries[index].hint += 1
        return true
    }
}
