internal import Credentials
internal import Crypto
internal import Dfs
internal import Measurement
internal import Primitives
internal import Redirector
internal import SMBWire
internal import Simulation
internal import TerminalServer
internal import Watchdog

/// The settings of a run as what they mean, checked.
struct RunSettings {
    let target: UNCPath
    let sessions: Int
    let hosts: Int
    /// Operations a second of the whole run; nil for a closed loop.
    let rate: Double?
    let isVirtual: Bool
    /// The verdict without which the run has failed; nil if none is expected.
    let expected: String?
    /// Nil: stop where nobody looks, go on on the dashboard.
    let onHang: OnHang?
    let probeAfter: Duration
    let stallAfter: Duration
    let client: ClientModel
    let sharing: HostPlan.Sharing
    let duration: Duration
    /// The beginning of the load that the figures leave out.
    let warmUp: Duration
    let grace: Duration
    let setupLimit: Duration
    let logoffLimit: Duration
    let seed: UInt64
    let progress: Duration
    /// The written ones, and the default.
    let thresholds: [Threshold]
    /// Fewer operations prove nothing.
    let samplesMin: UInt64
    let readOnly: Bool
    let scope: AccessScope
    let map: HostMap
    let mechanism: Mechanism
    let users: [User]
    let files: FilesPlan
    let redirector: RedirectorSettings
    let dfs: DfsSettings
    let plantedBug: PlantedBug?

    static let dialects: KeyValuePairs<String, Dialect> = [
        "2.0.2": .smb202, "2.1": .smb210, "3.0": .smb300, "3.0.2": .smb302, "3.1.1": .smb311,
    ]
    static let protections: KeyValuePairs<String, RedirectorSettings.Protection> = [
        "as-server-asks": .asServerAsks, "required": .required,
    ]
    static let algorithms: KeyValuePairs<String, SigningAlgorithm> = [
        "aes-gmac": .aesGMAC, "aes-cmac": .aesCMAC, "hmac-sha256": .hmacSHA256,
    ]
    static let ciphers: KeyValuePairs<String, Cipher> = [
        "aes-128-gcm": .aes128GCM, "aes-128-ccm": .aes128CCM, "aes-256-gcm": .aes256GCM,
        "aes-256-ccm": .aes256CCM,
    ]
    static let mechanisms: KeyValuePairs<String, Mechanism> = [
        "ntlm": .ntlm, "spnego-ntlm": .spnegoNTLM, "kerberos": .kerberos, "spnego": .spnego,
    ]

    /// How often figures are taken in between: often enough for a heat map of any run.
    var samplePeriod: Duration { max(.milliseconds(100), min(.seconds(1), duration / 60)) }

    /// `seed` is taken where no setting names one; users are read only if `readsUsers`.
    init(
        _ table: SettingTable,
        seed: UInt64,
        environment: [String: String],
        readsUsers: Bool
    ) throws {
        target = try Self.target(table)
        sessions = try table.integer(.sessions, in: 1...100_000)
        hosts = try table.integer(.hosts, in: 1...1_000)
        rate = try Self.rate(table)
        isVirtual = try table.boolean(.virtualTime)
        expected = try Self.expected(table)
        onHang = try table.word(
            .onHang,
            of: ["auto": nil, "continue": .continue, "stop": .stop, "break": .break]
        )
        probeAfter = try table.duration(.probeAfter)
        stallAfter = try table.duration(.stallAfter)
        client = try Self.client(table)
        sharing = try table.word(.connections, of: ["host": .host, "session": .session])
        duration = try table.duration(.duration)
        warmUp = try Self.warmUp(table, within: duration)
        grace = try table.duration(.grace)
        setupLimit = try table.duration(.setupLimit)
        logoffLimit = try table.duration(.logoffLimit)
        self.seed = table[.seed] == nil ? seed : try table.unsigned(.seed)
        progress = try table.duration(.progress)
        thresholds = try table.thresholds()
        samplesMin = UInt64(try table.integer(.samplesMin, in: 1...1_000_000_000))
        readOnly = try table.boolean(.readOnly)
        scope = try Self.scope(table)
        map = try Self.map(table)
        mechanism = try table.word(.authentication, of: Self.mechanisms)
        users = readsUsers ? try Self.users(table, environment, mechanism) : []
        files = FilesPlan(
            count: try table.integer(.filesCount, in: 0...100_000),
            size: try table.size(.filesSize),
            seed: try table.unsigned(.filesSeed)
        )
        redirector = try Self.redirector(table, seed: self.seed)
        var dfs = DfsSettings()
        dfs.bootstrapDC = table[.bootstrapDC]?.text
        dfs.hopLimit = try table.integer(.hopLimit, in: 1...64)
        self.dfs = dfs
        plantedBug = try Self.plantedBug(table)
    }

    private static func target(_ table: SettingTable) throws(SettingError) -> UNCPath {
        guard let setting = table[.target] else {
            throw SettingError(
                "target is missing; name a share with --target '\\\\server\\share'",
                from: .standard
            )
        }
        do {
            let path = try UNCPath(parsing: setting.text)
            guard path.share != nil else {
                throw SettingError(
                    "target: “\(setting.text)” names no share; expected \\\\server\\share\\…",
                    from: setting.origin
                )
            }
            return path
        } catch let error as PathError {
            throw SettingError("target: \(error.sentence)", from: setting.origin)
        } catch let error as SettingError {
            throw error
        } catch {
            throw SettingError("target: \(error)", from: setting.origin)
        }
    }

    var watchdogLimits: Limits { Limits(probeAfter: probeAfter, stallAfter: stallAfter) }

    private static func expected(_ table: SettingTable) throws(SettingError) -> String? {
        guard let setting = table[.expect], setting.text != "none" else { return nil }
        let known = Verdict.allCases.map(\.rawValue)
        guard known.contains(setting.text) else {
            let hint = Suggestion.hint(for: setting.text, among: known)
            throw SettingError(
                "expect: unknown verdict “\(setting.text)”\(hint)",
                from: setting.origin
            )
        }
        return setting.text
    }

    private static func warmUp(
        _ table: SettingTable,
        within duration: Duration
    ) throws(SettingError) -> Duration {
        let warmUp = try table.duration(.warmUp)
        guard warmUp == .zero || warmUp < duration else {
            throw SettingError(
                "warm-up: all of the load would be warm-up; it has to be shorter than the duration",
                from: table[.warmUp]?.origin ?? .standard
            )
        }
        return warmUp
    }

    private static func rate(_ table: SettingTable) throws(SettingError) -> Double? {
        guard let setting = table[.rate] else { return nil }
        guard let rate = Quantity.rate(setting.text), rate > 0, rate <= 10_000_000 else {
            throw SettingError(
                "rate: expected operations a second such as 2000/s, found “\(setting.text)”",
                from: setting.origin
            )
        }
        return rate
    }

    private static func client(_ table: SettingTable) throws(SettingError) -> ClientModel {
        let setting = table[.client]
        let name = setting?.text ?? "fixed"
        guard let model = ClientModel.named(name) else {
            let hint = Suggestion.hint(for: name, among: ClientModel.all.map(\.name))
            throw SettingError(
                "client: there is no client model “\(name)”\(hint)",
                from: setting?.origin ?? .standard
            )
        }
        return model
    }

    private static func scope(_ table: SettingTable) throws(SettingError) -> AccessScope {
        var scope = AccessScope()
        guard let setting = table[.allow] else { return scope }
        for element in setting.elements where !scope.allow(element) {
            throw SettingError(
                "allow: expected a host name, an address or a CIDR block, found “\(element)”",
                from: setting.origin
            )
        }
        return scope
    }

    private static func map(_ table: SettingTable) throws(SettingError) -> HostMap {
        var map = HostMap()
        guard let setting = table[.map] else { return map }
        for element in setting.elements where !map.add(element) {
            throw SettingError(
                "map: expected NAME=ADDRESS[:PORT], found “\(element)”",
                from: setting.origin
            )
        }
        return map
    }

    private static func redirector(
        _ table: SettingTable,
        seed: UInt64
    ) throws(SettingError) -> RedirectorSettings {
        var random = SplitMix64(seed: seed).stream(.max)
        let high = random.next()
        var settings = RedirectorSettings(clientGUID: GUID(high: high, low: random.next()))
        let oldest = try table.word(.dialectMinimum, of: dialects)
        let newest = try table.word(.dialectMaximum, of: dialects)
        settings.dialects = Dialect.all.filter { $0 >= oldest && $0 <= newest }
        guard !settings.dialects.isEmpty else {
            throw SettingError(
                "smb.dialect-min \(oldest) is above smb.dialect-max \(newest)",
                from: table[.dialectMinimum]?.origin ?? .standard
            )
        }
        settings.signing = try table.word(.signing, of: protections)
        settings.signingAlgorithms = try table.words(.signingAlgorithms, of: algorithms)
        settings.encryption = try table.word(.encryption, of: protections)
        settings.ciphers = try table.words(.ciphers, of: ciphers)
        settings.allowsGuest = try table.boolean(.guest)
        settings.connectLimit = try table.duration(.connectLimit)
        settings.logonLimit = try table.duration(.logonLimit)
        return settings
    }

    /// Users come from a file of users, or are one user with a password from a file, from
    /// `GRIDLOCK_PASSWORD` or, for Kerberos, from the ticket cache.
    private static func users(
        _ table: SettingTable,
        _ environment: [String: String],
        _ mechanism: Mechanism
    ) throws -> [User] {
        // Whoever names one user as a flag does not mean the file of a profile or a variable.
        if let setting = table[.users],
            setting.origin.rank >= table[.user]?.origin.rank ?? 0
        {
            do {
                return try UsersFile.read(setting.text)
            } catch {
                throw Failure(.usage, "\(setting.origin): \(error)")
            }
        }
        guard let setting = table[.user] else {
            throw SettingError(
                "nobody to log on as; name a file with --users, or one user with --user",
                from: .standard
            )
        }
        do {
            let user = try UsersFile.user(setting.text, place: "\(setting.origin)")
            let secret = try password(table, environment, user, mechanism)
            return [User(domain: user.domain, name: user.name, secret: secret)]
        } catch let error as CredentialsError {
            throw Failure(.usage, "\(error)")
        }
    }

    private static func password(
        _ table: SettingTable,
        _ environment: [String: String],
        _ user: User,
        _ mechanism: Mechanism
    ) throws -> Secret? {
        if let file = table[.passwordFile] { return try UsersFile.password(file.text) }
        if let text = environment["GRIDLOCK_PASSWORD"] { return Secret(text) }
        if mechanism == .kerberos { return nil }
        return try PasswordPrompt.ask(for: user.text)
    }
}
