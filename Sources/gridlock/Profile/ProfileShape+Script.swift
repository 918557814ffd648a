internal import SMBWire
internal import TerminalServer

/// Scripts, their steps and the stages of a load.
extension ProfileShape {
    static let script = ProfileShape.steps
    static let scripts = ProfileShape.named(.keys(scriptKeys))
    static let stages = ProfileShape.list(.oneOf(stageKeys))

    static let scriptKeys = [
        ProfileKey("weight", .integer(1...1_000_000), "How likely a session draws this script."),
        ProfileKey("share", percent, "How many of the sessions run it, such as 20%."),
        ProfileKey("steps", .steps, isRequired: true),
    ]

    private static let percent = ProfileShape.form(
        "a part such as 20%",
        pattern: "^[0-9]+(\\.[0-9]+)?%$"
    )

    static let stageKeys = [
        ProfileKey("ramp", .keys(rampKeys), "From the level before, evenly, to this one."),
        ProfileKey("hold", .any([.duration, .keys(holdKeys)]), "Stay at a level."),
        ProfileKey("burst", .keys(burstKeys), "Jump to a level, and back again."),
    ]
    static let rampKeys = [
        ProfileKey("to", level, isRequired: true), ProfileKey("over", .duration, isRequired: true),
    ]
    static let holdKeys = [
        ProfileKey("at", level, isRequired: true), ProfileKey("for", .duration, isRequired: true),
    ]
    static let burstKeys = [
        ProfileKey("to", level, isRequired: true), ProfileKey("for", .duration, isRequired: true),
    ]

    private static let level = ProfileShape.any([
        .integer(0...100_000),
        .form("a rate such as 2000/s", pattern: "^[0-9]+(\\.[0-9]+)?/(s|min)$"), percent,
    ])

    /// Steps that are a word and nothing else.
    static let plainSteps = ["logon", "logoff", "close", "flush", "touch", "barrier"]

    /// Steps with values.
    static let stepKeys = [
        ProfileKey("open", .any([path, .keys(openKeys)]), "CREATE; stays open until close."),
        ProfileKey("read", .keys(transferKeys), "READ of what is open."),
        ProfileKey("write", .keys(transferKeys), "WRITE to what is open."),
        ProfileKey("lock", .keys(lockKeys), "LOCK of a byte range, for itself alone."),
        ProfileKey("unlock", .keys(unlockKeys)),
        ProfileKey("list", .any([path, .keys(listKeys)]), "QUERY_DIRECTORY of a folder."),
        ProfileKey("stat", .any([path, .keys(pathKeys)]), "QUERY_INFO of a path."),
        ProfileKey("volume", .any([path, .keys(pathKeys)]), "QUERY_INFO of its volume."),
        ProfileKey("delete", .any([path, .keys(pathKeys)])),
        ProfileKey("rename", .keys(renameKeys), "SET_INFO with a new name on the same share."),
        ProfileKey("notify", path, "CHANGE_NOTIFY, left behind."),
        ProfileKey("think", .pause),
        ProfileKey("repeat", .any([.steps, .keys(repeatKeys)]), "For ever, or some times."),
        ProfileKey("choose", .list(.keys(choiceKeys)), "One of them, by weight."),
    ]

    private static let path = ProfileShape.text(
        "A path below the target; {run}, {file}, {session}, {user}, {n} and {random:COUNT} are "
            + "filled in."
    )
    private static let status = ProfileShape.form(
        "a status such as STATUS_ACCESS_DENIED",
        pattern: "^STATUS_[A-Z0-9_]+$"
    )
    static let acceptsKey = ProfileKey(
        "accepts",
        .any([status, .list(status)]),
        "Answers that are no errors."
    )
    static let pathKeys = [ProfileKey("path", path, isRequired: true), acceptsKey]
    static let listKeys = pathKeys + [ProfileKey("pattern", .text("Such as *.doc."))]
    static let renameKeys = [
        ProfileKey("from", path, isRequired: true), ProfileKey("to", path, isRequired: true),
        acceptsKey,
    ]
    static let openKeys = [
        ProfileKey("path", path, isRequired: true),
        ProfileKey("access", .words(["read", "write", "update"])),
        ProfileKey("oplock", .words(["level-ii", "exclusive", "batch"])),
        ProfileKey("lease", .words(["R", "RH", "RW", "RWH"])),
        ProfileKey("beside", .boolean, "Leaves open what is open, and comes back to it."),
        acceptsKey,
        ProfileKey("thread-exits", .boolean, "The thread ends inside the open (KB 841827)."),
    ]
    static let transferKeys = [
        ProfileKey("size", .size, "1 byte to 1MiB."),
        ProfileKey("count", .integer(1...1_000_000)),
        ProfileKey("offset", .words(["sequential", "random"])),
        ProfileKey("within", .size, "Where random offsets end; the end of the file if absent."),
    ]
    static let lockKeys = unlockKeys + [ProfileKey("wait", .boolean)]
    static let unlockKeys = [ProfileKey("offset", .size), ProfileKey("length", .size)]
    static let pauseKeys = [
        ProfileKey("uniform", .list(.duration), "[from, to]"),
        ProfileKey("exponential", .duration, "The mean."),
    ]
    static let repeatKeys = [
        ProfileKey("times", .integer(1...1_000_000_000)),
        ProfileKey("steps", .steps, isRequired: true),
    ]
    static let choiceKeys = [
        ProfileKey("weight", .integer(1...1_000_000)),
        ProfileKey("steps", .steps, isRequired: true),
    ]
}
