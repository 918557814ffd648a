internal import Credentials
internal import Emulator
internal import Primitives
internal import Redirector
internal import TerminalServer

/// What a run will do, before it does it: the merged profile and the host's plan.
struct RunPlan {
    let name: String
    let table: SettingTable
    let settings: RunSettings
    let load: LoadPlan
    /// How the load rises and falls; nil: all of it from beginning to end.
    let shape: LoadShape?
    /// What the profile says of the load, in the order in which it is written out again.
    let loadNodes: [(key: String, node: ProfileNode)]
    /// As it stands in the profile; nil when the target is real.
    let namespaceNode: ProfileNode?
    /// The servers to be emulated; nil when the target is real.
    let emulation: Emulation?
    private(set) var hash = ""

    /// Lays flags over variables over the profile over the defaults.
    init(
        profile: ProfileFile,
        flags: [(key: SettingKey, elements: [String])],
        environment: [String: String],
        seed: UInt64,
        readsUsers: Bool
    ) throws {
        var table = SettingTable()
        for (key, setting) in profile.settings {
            table.set(key, setting.elements, from: setting.origin)
        }
        try table.apply(environment: environment)
        for (key, elements) in flags { table.set(key, elements, from: .flag(key.flag)) }
        let namespace = try Self.namespace(of: profile, &table)
        if table[.target] == nil, let first = namespace?.firstRoot {
            table.set(.target, [first.text], from: .standard)
        }
        name = profile.name
        load = try LoadPlan(profile)
        load.complete(&table)
        self.table = table
        loadNodes = [
            ("stages", profile.stages), ("script", profile.script), ("scripts", profile.scripts),
        ].compactMap { key, node in node.map { (key, $0) } }
        namespaceNode = namespace == nil ? nil : profile.namespace
        settings = try RunSettings(
            table,
            seed: seed,
            environment: environment,
            readsUsers: readsUsers && namespace == nil
        )
        shape = try load.shape(settings)
        let sessions = settings.sessions
        emulation = namespace.map { Emulation($0, users: sessions) }
        guard emulation != nil || !settings.isVirtual else {
            throw Failure(
                .usage,
                "--virtual-time: a real server has a clock of its own; only a profile with "
                    + "`namespace:` and without another --target runs in virtual time"
            )
        }
        hash = try makeHash()
    }

    /// The profile's own namespace, unless somebody names another target.
    ///
    /// `emulated` as a target means the profile's own.
    private static func namespace(
        of profile: ProfileFile,
        _ table: inout SettingTable
    ) throws -> NamespacePlan? {
        let own = profile.settings.first { $0.key == .target }?.setting
        if let target = table[.target], target.text == "emulated" {
            guard profile.namespace != nil, let own, own.text != "emulated" else {
                throw SettingError(
                    "target: “emulated” needs a profile with `namespace:` and a `target:` in it",
                    from: target.origin
                )
            }
            table.set(.target, own.elements, from: own.origin)
        }
        guard let node = profile.namespace, table[.target]?.origin == own?.origin else {
            return nil
        }
        return try NamespaceReader.read(node)
    }

    /// A hash over the merged profile: runs with the same settings and script have the same one, in
    /// every process.
    private func makeHash() throws -> String {
        var hash = StableHash()
        hash.combine(try mergedProfile())
        return hash.hexadecimal
    }

    /// Names a run's folder on the share.
    static func newID() -> String { String(UInt32.random(in: .min ... .max), radix: 16) }

    /// Session i has user i modulo their number, and lives on host i modulo theirs.
    func hosts(runFolder: String) throws -> [HostPlan] {
        let model = try CompiledModel(settings.client)
        let scripts = load.mix.scripts(sessions: settings.sessions, seed: settings.seed)
        return (0..<settings.hosts).map { number in
            let sessions = stride(from: number, to: settings.sessions, by: settings.hosts)
                .map { index in session(index, script: scripts[index]) }
            return host(number, sessions: sessions, model: model, runFolder: runFolder)
        }
    }

    /// The plan of one host with one session, for commands that only look or clean.
    func onlyHost() throws -> HostPlan {
        let model = try CompiledModel(settings.client)
        return host(0, sessions: [session(0)], model: model, runFolder: "")
    }

    private func session(_ index: Int, script: Int = 0) -> SessionPlan {
        let names = emulation?.userNames ?? settings.users.map(\.text)
        let user = index % max(1, names.count)
        return SessionPlan(
            number: SessionNumber(index),
            user: user,
            userName: names.isEmpty ? "" : names[user],
            script: script
        )
    }

    private func host(
        _ number: Int,
        sessions: [SessionPlan],
        model: CompiledModel,
        runFolder: String
    ) -> HostPlan {
        var plan = HostPlan(
            number: number,
            sessions: sessions,
            target: settings.target,
            script: load.scripts[0].script,
            model: model,
            runFolder: number == 0 ? runFolder : "\(runFolder)-h\(number)",
            seed: settings.seed,
            redirector: settings.redirector
        )
        plan.scripts = load.scripts.map(\.script)
        plan.shape = shape
        plan.sessionsOfRun = settings.sessions
        plan.sharing = settings.sharing
        plan.sharesBarriers = settings.hosts > 1
        plan.files = settings.files
        plan.readOnly = settings.readOnly
        plan.duration = settings.duration
        plan.warmUp = settings.warmUp
        plan.grace = settings.grace
        plan.setupLimit = settings.setupLimit
        plan.redirector.userNames = emulation?.userNames ?? settings.users.map(\.text)
        plan.logoffLimit = settings.logoffLimit
        plan.scope = settings.scope
        plan.map = emulation?.map ?? settings.map
        // Emulated users cannot be locked out.
        plan.provesUsers = emulation == nil
        plan.dfs = settings.dfs
        plan.operationsPerSecond = settings.rate.map {
            $0 * Double(sessions.count) / Double(settings.sessions)
        }
        return plan
    }
}
