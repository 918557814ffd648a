internal import SMBWire

/// The MessageIds that may be used: one for each credit ([MS-SMB2] 3.2.4.1.6, 3.2.5.1.4).
///
/// Ids are taken in order and each grant adds the next higher ones, so what is available is always
/// one run, and a request of several credits finds its consecutive ids whenever it finds any.
struct CreditWindow: Hashable, Sendable {
    private var next: UInt64 = 0
    private(set) var available = 1
    /// Requests whose final answer is out; an interim one has given its credits back.
    private(set) var inFlight = 0
    private let reserve: Int

    init(reserve: Int) { self.reserve = reserve }

    /// The first id of a run of `charge`, or nil if the request must wait.
    ///
    /// The reserve stays for what unblocks others, unless nothing is in flight: then no answer
    /// would ever bring more.
    mutating func take(_ charge: Int, mayUseReserve: Bool) -> MessageID? {
        let kept = mayUseReserve || inFlight == 0 ? 0 : reserve
        guard available - kept >= charge else { return nil }
        defer {
            next += UInt64(charge)
            available -= charge
            inFlight += 1
        }
        return MessageID(next)
    }

    /// The first id of `count` requests of one credit each that go out together; nil if they must
    /// wait.
    mutating func takeRun(of count: Int) -> UInt64? {
        guard available - (inFlight == 0 ? 0 : reserve) >= count else { return nil }
        defer {
            next += UInt64(count)
            available -= count
            inFlight += count
        }
        return next
    }

    mutating func grant(_ credits: UInt16) { available += Int(credits) }

    mutating func answered() { inFlight -= 1 }

    /// What to ask for beside what is spent, to come to `target`.
    func wish(charge: Int, target: Int) -> UInt16 {
        UInt16(clamping: charge + max(0, target - available - inFlight))
    }
}
