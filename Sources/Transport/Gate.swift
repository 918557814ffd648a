internal import Dispatch
internal import Synchronization

/// Holds one thread still until another lets it go on.
final class Gate: Sendable {
    /// A loop that does not come this soon is stuck, and stands still by itself.
    private static let patience = DispatchTimeInterval.seconds(1)

    private let held = DispatchSemaphore(value: 0)
    private let released = DispatchSemaphore(value: 0)
    private let leftOut = Mutex(Duration.zero)

    /// What was said at the release.
    var gap: Duration { leftOut.withLock { $0 } }

    /// On the thread that is to be held.
    func hold() {
        held.signal()
        released.wait()
    }

    /// Returns when the thread is held, or will not be.
    func awaitHeld() { _ = held.wait(timeout: .now() + Self.patience) }

    func release(leavingOut gap: Duration) {
        leftOut.withLock { $0 = gap }
        released.signal()
    }
}
