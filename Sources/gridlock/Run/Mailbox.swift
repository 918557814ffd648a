internal import Dispatch
internal import Foundation
internal import Primitives
internal import SMBWire
internal import Synchronization
internal import Watchdog

/// What the main thread waits for.
enum RunMessage: Sendable {
    case finished
    case signal(Int32)
    /// All sessions of the host of that number stand at a barrier.
    case assembled(Int)
    /// The loop of that host lives; since when its oldest wait is there, and what it was told last.
    case alive(host: Int, oldestWait: Instant?, lastInput: String)
    case waits(WaitSnapshot)
    /// Frames of the members of the hang of that id, of one host.
    case frames(hang: Int, [CapturedFrame])
    /// SIGQUIT: look, and say what is seen.
    case dump
}

/// Messages from any thread to the main thread.
final class Mailbox: Sendable {
    private let messages = Mutex<[RunMessage]>([])
    private let arrived = DispatchSemaphore(value: 0)

    func post(_ message: RunMessage) {
        messages.withLock { $0.append(message) }
        arrived.signal()
    }

    /// The oldest message; nil if none comes within `limit`.
    func next(within limit: Duration) -> RunMessage? {
        let nanoseconds = Int(clamping: limit.wholeNanoseconds)
        guard arrived.wait(timeout: .now() + .nanoseconds(nanoseconds)) == .success else {
            return nil
        }
        return messages.withLock { $0.isEmpty ? nil : $0.removeFirst() }
    }
}

/// Turns the signals that ask a program to end into messages.
final class SignalWatch {
    private let sources: [any DispatchSourceSignal]

    init(posting mailbox: Mailbox) {
        let queue = DispatchQueue(label: "gridlock.signals")
        sources =
            [SIGINT, SIGTERM, SIGHUP].map { number in
                Foundation.signal(number, SIG_IGN)
                let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
                source.setEventHandler { mailbox.post(.signal(number)) }
                source.resume()
                return source
            } + [Self.dump(posting: mailbox, on: queue)]
    }

    private static func dump(
        posting mailbox: Mailbox,
        on queue: DispatchQueue
    ) -> any DispatchSourceSignal {
        Foundation.signal(SIGQUIT, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: SIGQUIT, queue: queue)
        source.setEventHandler { mailbox.post(.dump) }
        source.resume()
        return source
    }

    func end() { for source in sources { source.cancel() } }
}
