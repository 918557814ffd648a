/// The correct client: nothing of the Dfs client is held while a connection or an answer is
/// waited for.
extension ClientModel {
    /// No MUP or PKT lock is held while waiting for CONN or a reply.
    ///
    /// REF is a marker whose followers hold nothing; everybody looks again after waiting.
    package static let fixed = ClientModel(
        "fixed",
        from: "Mup.sys 06/12/1999; Linux dfs_cache.c",
        programs: [
            Program("logon") { throughDfs {} },
            Program("open") { throughDfs { request(.create) } },
            Program("stat") {
                throughDfs {
                    request(.create)
                    unless(.failed) {
                        request(.queryInfo)
                        request(.close)
                    }
                }
            },
            Program("list") {
                throughDfs {
                    request(.create)
                    unless(.failed) {
                        loop {
                            request(.queryDirectory)
                            consult(.moreEntries)
                            when(.triesAgain) { again }
                            leave
                        }
                        request(.close)
                    }
                }
            },
            Program("read") { request(.read) },
            Program("write") { request(.write) },
            Program("flush") { request(.flush) },
            Program("lock") { request(.lock) },
            Program("unlock") { request(.lock) },
            Program("close") { request(.close) },
            Program("logoff") {
                loop {
                    consult(.nextSMBSession)
                    when(.missing) { leave }
                    request(.logoff)
                }
            },
            Program("acknowledge break", .agent) { request(.breakAcknowledgement) },
        ]
    )

    /// Finds the target by the Dfs client, reaches it, does `body`, and fails over as told.
    private static func throughDfs(@ProgramBuilder _ body: Body) -> [Statement] {
        [
            loop {
                hold(.pkt, .shared) { consult(.path) }
                when(.referralNeeded) {
                    singleFlight(.referral) {
                        reach(.root)
                        unless(.failed) { request(.getReferral) }
                        hold(.pkt) { consult(.learn) }
                    }
                    again
                }
                when(.targetChosen) {
                    reach(.server)
                    unless(.failed, body)
                    hold(.pkt) { consult(.attempted) }
                    when(.triesAgain) { again }
                }
                leave
            }
        ]
    }

    /// A connection, this user's SMB session on it, and the tree: whatever is missing is made.
    ///
    /// CONN serialises the opening of connections only; an SMB session and its trees are this
    /// session's own.
    private static func reach(_ end: Scope) -> [Statement] {
        [
            hold(.connection(end)) {
                consult(.connection(end))
                when(.missing) { request(.connect(end)) }
            },
            unless(.failed) {
                consult(.smbSession(end))
                when(.missing) { request(.logon(end)) }
            },
            unless(.failed) {
                consult(.tree(end))
                when(.missing) { request(.treeConnect(end)) }
            },
        ]
    }
}
