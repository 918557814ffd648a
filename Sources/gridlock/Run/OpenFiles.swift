internal import Foundation
internal import TerminalServer

/// The descriptors that this process may have open, and those that a run needs.
enum OpenFiles {
    /// Standard streams, results, event loops, signals and the terminal.
    private static let own: UInt64 = 48

    /// Raises the soft limit to the hard one, as nobody here uses `select`, and refuses a run that
    /// would end in the middle for want of descriptors.
    static func prepare(for plan: RunPlan) throws(Failure) {
        let limit = raise()
        let needed = needed(by: plan)
        guard limit < needed else { return }
        throw Failure(
            .overloaded,
            "this process may open \(limit) files, and this run needs about \(needed); raise the "
                + "limit with ulimit -n \(needed), or use fewer hosts or connections"
        )
    }

    /// At least: how many servers a namespace has shows only while it is walked through.
    private static func needed(by plan: RunPlan) -> UInt64 {
        let settings = plan.settings
        guard plan.emulation == nil, !settings.isVirtual else { return own }
        let perServer =
            settings.sharing == .session ? max(settings.sessions, settings.hosts) : settings.hosts
        // A namespace server and one server behind its links.
        return own + 2 * UInt64(perServer)
    }

    private static func raise() -> UInt64 {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            return .max
        }
        let before = limit
        limit.rlim_cur = limit.rlim_max
        let isRaised = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0
        return UInt64(isRaised ? limit.rlim_cur : before.rlim_cur)
    }
}
