internal import Crypto
internal import Emulator
internal import SMBWire

/// The emulated servers, their namespace and its faults.
extension ProfileShape {
    static let namespace = ProfileShape.keys(namespaceKeys)

    static let namespaceKeys = [
        ProfileKey("servers", .named(.keys(serverKeys)), isRequired: true),
        ProfileKey("roots", .named(.keys(rootKeys)), "By \\\\server\\root or \\\\domain\\root."),
        ProfileKey("domains", .named(.keys(domainKeys))),
        ProfileKey("faults", .named(.keys(faultKeys))),
    ]
    static let domainKeys = [
        ProfileKey("netbios", .text("The domain's short name.")),
        ProfileKey("controllers", .list(.text("A server's name.")), isRequired: true),
    ]
    private static let unc = ProfileShape.text("\\\\server\\share\\…")
    static let targetKeys = [
        ProfileKey("path", unc, isRequired: true), ProfileKey("priority", .integer(0...31)),
        ProfileKey("online", .boolean),
    ]
    private static let targets = ProfileShape.list(.any([unc, .keys(targetKeys)]))
    static let rootKeys = [
        ProfileKey("targets", targets), ProfileKey("ttl", .duration),
        ProfileKey("failback", .boolean),
        ProfileKey("links", .named(.any([unc, .keys(linkKeys)]))),
    ]
    static let linkKeys = [
        ProfileKey("targets", targets, isRequired: true), ProfileKey("ttl", .duration),
        ProfileKey("failback", .boolean),
    ]

    private static let demand = ProfileShape.words(["optional", "required"])
    static let serverKeys = [
        ProfileKey("shares", .named(.keys(shareKeys))),
        ProfileKey("dialects", .list(.words(Dialect.all.map(\.description)))),
        ProfileKey("signing", demand),
        ProfileKey("signing-algorithms", .list(.words(SigningAlgorithm.allCases.map(\.name)))),
        ProfileKey("ciphers", .list(.words(Cipher.allCases.map(\.name)))),
        ProfileKey("encryption", demand),
        ProfileKey("guest", .boolean),
        ProfileKey("anonymous", .boolean),
        ProfileKey("credits", .integer(1...65_535), "The most that a connection gets."),
        ProfileKey("async-max", .integer(0...65_535), "Requests that may wait on one connection."),
        ProfileKey("virtual-circuit", .boolean, "A new connection ends those before it."),
        ProfileKey("break-limit", .duration),
        ProfileKey("session-life", .duration),
        ProfileKey("referral-version", .integer(1...4)),
        ProfileKey("site", .text("The site's name.")),
    ]
    static let shareKeys = [
        ProfileKey("files", .list(.any([.text("A path in the share."), .keys(fileKeys)]))),
        ProfileKey("encrypted", .boolean), ProfileKey("read-only", .boolean),
    ]
    static let fileKeys = [
        ProfileKey(
            "path",
            .text("A path in the share; with count it holds {n}."),
            isRequired: true
        ),
        ProfileKey("size", .size), ProfileKey("seed", .unsigned),
        ProfileKey("count", .integer(1...1_000_000)),
    ]

    static let faultKeys = [
        ProfileKey("when", .keys(conditionKeys)),
        ProfileKey(
            "do",
            .any([.words(FaultActionReader.plain.map(\.key)), .keys(actionKeys)]),
            isRequired: true
        ),
        ProfileKey("on", .boolean, "Whether it is switched on from the start."),
    ]
    private static let message = ProfileShape.words(MessageName.all.map(\.name))
    private static let status = ProfileShape.form(
        "a status such as STATUS_ACCESS_DENIED",
        pattern: "^STATUS_[A-Z0-9_]+$"
    )
    static let conditionKeys = [
        ProfileKey("server", .text("A server's name.")),
        ProfileKey("messages", .any([message, .list(message)])),
        ProfileKey("nth", .integer(1...1_000_000_000)),
        ProfileKey("session", .integer(1...1_000_000)),
        ProfileKey("probability", .number(0...1)),
        ProfileKey("from", .duration), ProfileKey("until", .duration),
    ]
    static let actionKeys = [
        ProfileKey("delay", .pause),
        ProfileKey("drip", .size),
        ProfileKey("hold", .any([.duration, .words(["for-ever"]), .keys(holdUntilKeys)])),
        ProfileKey("then", .any([.words(["release", "reset", "drop"]), .keys(answerKeys)])),
        ProfileKey("answer", status),
        ProfileKey("path-consumed", .integer(-65_535...65_535)),
    ]
    static let holdUntilKeys = [
        ProfileKey("message", message, isRequired: true),
        ProfileKey("server", .text("A server's name.")),
    ]
    static let answerKeys = [ProfileKey("answer", status, isRequired: true)]
}
