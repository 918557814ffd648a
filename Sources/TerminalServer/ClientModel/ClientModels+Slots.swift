/// Hangs that come from how few commands one connection lets be outstanding.
///
/// All sessions of a terminal server share one connection to a server, so they share its slots. The
/// articles name the number of commands; that a slot is a counting resource with a queue is our
/// reconstruction.
extension ClientModel {
    /// One outstanding command per connection; a break acknowledgement needs the same slot.
    ///
    /// Microsoft KB Q233082: all clients lose response for about 35 seconds while somebody opens a
    /// file. The open makes the server take back an oplock of the same terminal server; the
    /// acknowledgement waits for the slot that the open occupies, until the server's
    /// OplockBreakWait of 35 seconds is over.
    package static let q233082 = ClientModel(
        "q233082",
        from: "KB Q233082",
        units: ["CREDIT": 1],
        programs: slotted.all
    )

    /// Change notifies eat the slots.
    ///
    /// Microsoft KB Q268817 and Q191370: Explorer leaves one change notify a user behind, 48 and
    /// more of them fill the connection's slots, and opening a file takes 45 seconds. The 45
    /// seconds are SESSTIMEOUT (Q102067); that it is the notify which they end is our reading.
    package static let q268817 = ClientModel(
        "q268817",
        from: "KB Q268817, Q191370",
        units: ["CREDIT": 48],
        programs: withSessionTimeout.all
    )

    private static var slotted: HostPrograms {
        var programs = correctPrograms
        programs.send = { wanted in hold(.credit(wanted.end)) { request(wanted) } }
        programs.watch = hold(.credit(.server)) { request(.changeNotify) }
        let parts = programs
        programs.throughDfs = { parts.correctly($0) }
        return programs
    }

    private static var withSessionTimeout: HostPrograms {
        var programs = slotted
        programs.watch = hold(.credit(.server)) { request(.changeNotify, within: 45) }
        return programs
    }
}
