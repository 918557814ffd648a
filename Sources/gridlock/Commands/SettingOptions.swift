internal import ArgumentParser
internal import Primitives

/// The flags that set what a profile can set as well.
struct SettingOptions: ParsableArguments {
    @Option(
        help: """
            The share or Dfs path to work on, as \\\\server\\share\\…; emulated for the profile's \
            own.
            """
    )
    var target: String?

    @Option(help: "How many sessions.")
    var sessions: String?

    @Option(help: "How many terminal servers the sessions are spread over.")
    var hosts: String?

    @Option(help: "Operations a second of the whole run, on schedule whatever the answers do.")
    var rate: String?

    @Option(help: "What to do about a proved, permanent hang: continue, stop or break.")
    var onHang: String?

    @Option(help: "How old a wait is when the watchdog looks, such as 250ms.")
    var probeAfter: String?

    @Option(help: "How old a wait is when it counts as a stall, such as 10s.")
    var stallAfter: String?

    @Flag(help: "Take the profile's expected verdict as any other.")
    var noExpect = false

    @Flag(help: "Run in simulated time, repeatable from the seed; emulated targets only.")
    var virtualTime = false

    @Option(help: "The client model.")
    var client: String?

    @Option(help: "Who shares a connection: host or session.")
    var connections: String?

    @Option(help: "How long the load lasts, such as 30s.")
    var duration: String?

    @Option(help: "The seed of every decision; printed at the end.")
    var seed: String?

    @Option(help: "One user, as user or DOMAIN\\user.")
    var user: String?

    @Option(help: "A file whose first line is that user's password.")
    var passwordFile: String?

    @Option(help: "A file of users, one [DOMAIN\\]user:password a line.")
    var users: String?

    @Flag(help: "Log on with Kerberos, from the ticket cache or a password.")
    var kerberos = false

    @Option(help: "A server that may be contacted: a name, an address or a block (repeatable).")
    var allow: [String] = []

    @Option(help: "Where a host name really is: NAME=ADDRESS[:PORT] (repeatable).")
    var map: [String] = []

    @Flag(help: "Create, write and delete nothing.")
    var readOnly = false

    @Option(help: "How often to say how it goes, such as 10s.")
    var progress: String?

    @Option(
        name: .customLong("threshold"),
        help: "A limit that fails the run, such as 'p99(create) < 250ms' (repeatable)."
    )
    var thresholds: [String] = []

    @Option(
        name: .customLong("set"),
        help: "Any other setting, as key=value; gridlock check lists the keys (repeatable)."
    )
    var others: [String] = []

    /// What was given, to be laid over the profile.
    func given() throws -> [(key: SettingKey, elements: [String])] {
        var given: [(key: SettingKey, elements: [String])] = []
        let texts: [(SettingKey, String?)] = [
            (.target, target), (.sessions, sessions), (.hosts, hosts), (.rate, rate),
            (.onHang, onHang), (.probeAfter, probeAfter), (.stallAfter, stallAfter),
            (.client, client), (.connections, connections), (.duration, duration), (.seed, seed),
            (.user, user),
            (.passwordFile, passwordFile), (.users, users), (.progress, progress),
        ]
        for (key, text) in texts { if let text { given.append((key, [text])) } }
        if kerberos { given.append((.authentication, ["kerberos"])) }
        if noExpect { given.append((.expect, ["none"])) }
        if virtualTime { given.append((.virtualTime, ["true"])) }
        if readOnly { given.append((.readOnly, ["true"])) }
        if !thresholds.isEmpty { given.append((.thresholds, thresholds)) }
        if !allow.isEmpty { given.append((.allow, allow)) }
        if !map.isEmpty { given.append((.map, map)) }
        for text in others { given.append(try Self.other(text)) }
        return given
    }

    private static func other(_ text: String) throws -> (key: SettingKey, elements: [String]) {
        guard let equals = text.firstIndex(of: "=") else {
            throw Failure(.usage, "--set: expected key=value, found “\(text)”")
        }
        let name = String(text[..<equals])
        guard let key = SettingKey(rawValue: name) else {
            let hint = Suggestion.hint(for: name, among: SettingKey.allCases.map(\.rawValue))
            throw Failure(.usage, "--set: unknown key “\(name)”\(hint)")
        }
        let value = String(text[text.index(after: equals)...])
        guard key.isList else { return (key, [value]) }
        return (key, value.split(separator: ",").map { String($0) })
    }
}
