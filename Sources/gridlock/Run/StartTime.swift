internal import Foundation
internal import Primitives

/// The moment at which a run begins, so that several machines begin together.
struct StartTime {
    let date: Date

    /// A moment to come, as ISO 8601: `2026-11-26T15:30:00Z`; fractions and offsets may be given.
    init(_ text: String, now: Date) throws(Failure) {
        let plain = Date.ISO8601FormatStyle()
        let styles = [plain, Date.ISO8601FormatStyle(includingFractionalSeconds: true)]
        guard let date = styles.lazy.compactMap({ try? $0.parse(text) }).first else {
            throw Failure(
                .usage,
                "--start-at: expected a time such as 2026-11-26T15:30:00Z, found “\(text)”"
            )
        }
        guard date > now else {
            throw Failure(.usage, "--start-at: \(text) is over; it is \(Timestamp.text(now))")
        }
        self.date = date
    }

    /// Waits for the moment; a signal that asks the program to end ends the waiting, and is
    /// returned.
    func wait() -> Int32? {
        let mailbox = Mailbox()
        let signals = SignalWatch(posting: mailbox)
        defer { signals.end() }
        Console.note("starting at \(Timestamp.text(date))")
        while true {
            // A clock that is set meanwhile is followed.
            let left = min(date.timeIntervalSinceNow, 1)
            guard left > 0 else { return nil }
            if case .signal(let number) = mailbox.next(within: .seconds(left)) { return number }
        }
    }
}
