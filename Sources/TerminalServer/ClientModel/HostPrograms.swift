/// The programs that every host needs, built around what a client model does its own way.
///
/// A model says how a path is found and how a request takes its place on a connection; opening,
/// reading, listing and all the rest follow.
struct HostPrograms {
    /// Finds the target of the operation's path, reaches it and does `body` there.
    var throughDfs: (_ body: [Statement]) -> [Statement]
    /// Sends a request to the target's server, under what the model holds meanwhile.
    var send: (ModelRequest) -> Statement = { request($0) }
    /// Work on an open file, under what the model holds meanwhile.
    var onFile: (_ mode: Mode, _ body: [Statement]) -> [Statement] = { _, body in body }
    /// A change notify while it is out.
    var watch: Statement = request(.changeNotify)

    var all: [Program] { paths + files + others + changes }

    /// Operations that begin with a path.
    private var paths: [Program] {
        [
            Program("logon") { throughDfs([]) },
            Program("open") { throughDfs([send(.create)]) },
            Program("stat") {
                throughDfs([
                    send(.create),
                    unless(.failed) {
                        send(.queryInfo)
                        send(.close)
                    },
                ])
            },
            Program("list") {
                throughDfs([
                    send(.create),
                    unless(.failed) {
                        loop {
                            send(.queryDirectory)
                            consult(.moreEntries)
                            when(.triesAgain) { again }
                            leave
                        }
                        send(.close)
                    },
                ])
            },
            Program("notify") {
                throughDfs([send(.create), unless(.failed) { launch("watch") }])
            },
        ]
    }

    /// Operations on what is open.
    private var files: [Program] {
        [
            Program("read") { onFile(.shared, [send(.read)]) },
            Program("write") { onFile(.exclusive, [send(.write)]) },
            Program("flush") { onFile(.exclusive, [send(.flush)]) },
            Program("lock") { send(.lock) },
            Program("unlock") { send(.lock) },
            Program("close") { onFile(.exclusive, [send(.close)]) },
        ]
    }

    /// Operations that change names, times or nothing.
    private var changes: [Program] {
        [
            Program("rename") {
                throughDfs([
                    send(.create),
                    unless(.failed) {
                        send(.setInfo)
                        send(.close)
                    },
                ])
            },
            Program("delete") {
                throughDfs([send(.create), unless(.failed) { send(.close) }])
            },
            Program("touch") { onFile(.exclusive, [send(.setInfo)]) },
            Program("volume") {
                throughDfs([
                    send(.create),
                    unless(.failed) {
                        send(.queryInfo)
                        send(.close)
                    },
                ])
            },
        ]
    }

    private var others: [Program] {
        [
            Program("logoff") {
                loop {
                    consult(.nextSMBSession)
                    when(.missing) { leave }
                    send(.logoff)
                }
            },
            Program("acknowledge break", .agent) { send(.breakAcknowledgement) },
            Program("watch", .agent) {
                loop {
                    watch
                    when(.failed) { leave }
                    when(.timedOut) { leave }
                }
            },
        ]
    }

    /// What is missing of connection, SMB session and tree is made, under CONN as far as a correct
    /// client takes it: CONN serialises the opening of connections only.
    func reach(_ end: Scope) -> [Statement] {
        [hold(.connection(end)) { connect(end) }] + logOn(end)
    }

    /// The same for a client that has CONN already and keeps it.
    func reachHoldingConnection(_ end: Scope) -> [Statement] { connect(end) + logOn(end) }

    private func connect(_ end: Scope) -> [Statement] {
        [
            consult(.connection(end)),
            when(.missing) { send(.connect(end)) },
        ]
    }

    /// An SMB session and its trees are this session's own.
    private func logOn(_ end: Scope) -> [Statement] {
        [
            unless(.failed) {
                consult(.smbSession(end))
                when(.missing) { send(.logon(end)) }
            },
            unless(.failed) {
                consult(.tree(end))
                when(.missing) { send(.treeConnect(end)) }
            },
        ]
    }

    /// How a correct client goes through Dfs: nothing of the Dfs client is held while a connection
    /// or an answer is waited for, and everybody looks again after waiting.
    func correctly(_ body: [Statement]) -> [Statement] {
        lookingAgain(body) {
            singleFlight(.referral) {
                reach(.root)
                unless(.failed) { send(.getReferral) }
                hold(.pkt) { consult(.learn) }
            }
        }
    }

    /// Consults PKT, does `onMiss` for a referral that it lacks, and looks again, until a target is
    /// known; then does `body` there.
    func lookingAgain(_ body: [Statement], @ProgramBuilder onMiss: Body) -> [Statement] {
        [
            loop {
                hold(.pkt, .shared) { consult(.path) }
                when(.referralNeeded) {
                    onMiss()
                    again
                }
                when(.failed) { leave }
                when(.circle) { leave }
                atTarget(body)
                leave
            }
        ]
    }

    /// The target was chosen: reach it, do the body, and fail over as the Dfs client says.
    func atTarget(_ body: [Statement]) -> [Statement] {
        reach(.server) + [
            unless(.failed) { body },
            hold(.pkt) { consult(.attempted) },
            when(.triesAgain) { again },
        ]
    }
}
