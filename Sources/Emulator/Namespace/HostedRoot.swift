internal import Primitives

/// A root of which a server is a target, ready for look-up.
struct HostedRoot: Hashable, Sendable {
    /// Index into the plan's roots.
    let index: Int
    /// The DNS name of its domain; nil for a stand-alone one.
    let domain: String?
    /// Upper case: the root's name.
    let name: String
    /// Upper case: the share that is the root target here.
    let share: String
    /// By the components of their paths in upper case, for look-up only.
    private let links: [[String]: Int]

    init(_ root: RootPlan, index: Int, share: String) {
        self.index = index
        self.share = share
        name = root.name.uppercased()
        domain = root.domain
        let keyed = root.links.enumerated().map {
            (UNCPath(referral: $0.element.path).folded, $0.offset)
        }
        links = Dictionary(keyed) { first, _ in first }
    }

    /// The longest link that lies on a path below the root, by its components in upper case.
    func link(on path: ArraySlice<String>) -> (index: Int, count: Int)? {
        guard !links.isEmpty else { return nil }
        for count in stride(from: path.count, through: 1, by: -1) {
            if let index = links[Array(path.prefix(count))] { return (index, count) }
        }
        return nil
    }
}

extension RootPlan {
    var domain: String? {
        if case .domain(let name) = kind { name } else { nil }
    }
}
