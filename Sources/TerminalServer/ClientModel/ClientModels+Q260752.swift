/// The article that Gridlock began with, and the fix that is none.
///
/// Microsoft KB Q260752, *Terminal Server Hangs When Clients Access Dfs Shares*: two or more
/// clients on a Terminal Server open a resource on a remote server through a Dfs junction at the
/// same time; the Dfs client and the redirector deadlock, and the terminal server stops. The
/// article names no lock. PKT and CONN, and the order in which they are taken, are our
/// reconstruction: it hangs under the article's conditions and under no others.
extension ClientModel {
    /// A hit keeps PKT shared while it takes CONN; a miss keeps CONN while it takes PKT exclusive.
    ///
    /// It hangs only where hit and miss want the same CONN: the link's target is on the namespace
    /// server. One session never hangs.
    package static let q260752 = ClientModel(
        "q260752",
        from: "KB Q260752",
        programs: crossing { programs in
            [
                hold(.connection(.root)) {
                    programs.reachHoldingConnection(.root)
                    unless(.failed) { request(.getReferral) }
                    hold(.pkt) { consult(.learn) }
                }
            ]
        }
    )

    /// The tempting wrong fix: one referral at a time for each junction, in the same lock order.
    ///
    /// Clean with one junction; with two on one server it hangs as before. The second look inside
    /// the flight is needed: without it one junction hangs too.
    package static let q260752SingleFlight = ClientModel(
        "q260752-singleflight",
        from: "ours: the wrong fix of Q260752",
        programs: crossing { programs in
            [
                singleFlight(.referral) {
                    hold(.pkt, .shared) {
                        consult(.referral)
                        unless(.referralNeeded) { again }
                    }
                    hold(.connection(.root)) {
                        programs.reachHoldingConnection(.root)
                        unless(.failed) { request(.getReferral) }
                        hold(.pkt) { consult(.learn) }
                    }
                }
            ]
        }
    )

    /// A hit on a link keeps PKT; `miss` is what a miss does.
    ///
    /// The probe of the root before the link, which is answered PATH_NOT_COVERED, keeps no PKT.
    private static func crossing(miss: (HostPrograms) -> [Statement]) -> [Program] {
        var programs = correctPrograms
        let parts = programs
        let missing = miss(parts)
        programs.throughDfs = { body in
            [
                loop {
                    hold(.pkt, .shared) {
                        consult(.path)
                        when(.targetChosen) {
                            hold(.connection(.server)) {
                                parts.reachHoldingConnection(.server)
                                unless(.failed) { body }
                            }
                            consult(.attempted)
                            when(.triesAgain) { again }
                            finish
                        }
                        when(.failed) { finish }
                        when(.circle) { finish }
                    }
                    when(.rootChosen) {
                        hold(.connection(.server)) {
                            parts.reachHoldingConnection(.server)
                            unless(.failed) { body }
                        }
                        hold(.pkt) { consult(.attempted) }
                        when(.triesAgain) { again }
                        finish
                    }
                    missing
                }
            ]
        }
        return programs.all
    }
}
