/// Hangs of the Linux client, as its commit messages tell them. The locks are the commits' own, put
/// into the words of this program.
extension ClientModel {
    /// Refreshes a referral under the table lock while a reconnect needs it.
    ///
    /// Linux 1e9eec584, 2023-01: the refresh keeps htable_rw_lock while it asks; the thread that
    /// would deliver the answer reconnects, and looks up its target in the same table.
    package static let cifsRefresh = ClientModel(
        "cifs-refresh",
        from: "Linux 1e9eec584, 2023-01",
        programs: refreshing.all + [
            Program("reconnect", .hostAgent) {
                hold(.receiver(.server)) { hold(.pkt, .shared) {} }
            }
        ]
    )

    /// Takes the file lock shared twice around a reconnect, a writer queued between.
    ///
    /// Linux 46799b097 and 5cbe4b185, 2019-10: a reader holds lock_sem, meets a lost connection,
    /// and takes lock_sem once more to open its file again; a writer has queued in between.
    package static let cifsLockSem = ClientModel(
        "cifs-lock-sem",
        from: "Linux 46799b097, 5cbe4b185, 2019-10",
        programs: relocking.all
    )

    private static var refreshing: HostPrograms {
        var programs = correctPrograms
        let parts = programs
        programs.throughDfs = { body in
            parts.lookingAgain(body) {
                parts.reach(.root)
                hold(.pkt) {
                    unless(.failed) {
                        request(.getReferral)
                        // Every answer is delivered by the connection's receiver.
                        hold(.receiver(.root)) {}
                    }
                    consult(.learn)
                }
            }
        }
        return programs
    }

    private static var relocking: HostPrograms {
        var programs = correctPrograms
        programs.onFile = { mode, body in
            guard mode == .shared else { return [hold(.file, .exclusive) { body }] }
            return [
                hold(.file, .shared) {
                    body
                    when(.failed) { hold(.file, .shared) { consult(.connection(.server)) } }
                }
            ]
        }
        return programs
    }
}
