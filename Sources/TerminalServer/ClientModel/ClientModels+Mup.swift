/// What the Dfs client of Windows did wrong by itself, as its articles tell.
extension ClientModel {
    /// Cold Dfs requests fill the worker pool that the connect needs.
    ///
    /// Microsoft KB 824909: many clients access shares through Dfs for the first time; Mup.sys
    /// posts each request to the critical work queue, the redirector needs a worker of the same
    /// queue to finish a connection, and no referral ever comes. The article names the queue. That
    /// a posted request occupies its worker until it is done is our reconstruction.
    package static let kb824909 = ClientModel(
        "kb824909",
        from: "KB 824909",
        units: ["POOL.critical": 4],
        programs: pooled.all
    )

    /// Follows a cyclic link for ever, each time on a critical worker.
    ///
    /// Microsoft KB 832494: with a Dfs link that leads back to itself the computer needs 100 % of
    /// the processor until it is restarted, and all critical worker threads are blocked. What the
    /// client asks on each lap is our reconstruction.
    package static let kb832494 = ClientModel(
        "kb832494",
        from: "KB 832494",
        units: ["POOL.critical": 2],
        programs: circling.all
    )

    /// A session ends holding MUP.prefix.
    ///
    /// Microsoft KB 841827: a thread in MupCreate exits while it holds MupPrefixTableLock, and STOP
    /// 0xA follows. The lock's name is the article's own; here those who come later wait for ever.
    package static let kb841827 = ClientModel(
        "kb841827",
        from: "KB 841827",
        programs: exiting.all
    )

    private static var pooled: HostPrograms {
        var programs = correctPrograms
        let parts = programs
        programs.throughDfs = { body in
            parts.lookingAgain(body) {
                hold(.worker) {
                    consult(.connection(.root))
                    when(.missing) { hold(.worker) { request(.connect(.root)) } }
                    unless(.failed) { parts.reach(.root) }
                    unless(.failed) { request(.getReferral) }
                    hold(.pkt) { consult(.learn) }
                }
            }
        }
        return programs
    }

    private static var circling: HostPrograms {
        var programs = correctPrograms
        let parts = programs
        programs.throughDfs = { body in
            [
                loop {
                    hold(.worker) {
                        loop {
                            hold(.pkt, .shared) { consult(.path) }
                            when(.circle) {
                                hold(.pkt) { consult(.startOver) }
                                again
                            }
                            when(.referralNeeded) {
                                parts.reach(.root)
                                unless(.failed) { request(.getReferral) }
                                hold(.pkt) { consult(.learn) }
                                again
                            }
                            leave
                        }
                    }
                    when(.failed) { leave }
                    parts.atTarget(body)
                    leave
                }
            ]
        }
        return programs
    }

    private static var exiting: HostPrograms {
        var programs = correctPrograms
        let parts = programs
        programs.throughDfs = { body in
            [
                hold(.prefix) {
                    consult(.threadExits)
                    when(.threadExits) { abandon }
                }
            ] + parts.correctly(body)
        }
        return programs
    }
}
