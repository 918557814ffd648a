internal import Credentials
internal import Primitives
internal import TerminalServer

/// What a run will do, before it does it: the merged profile and the host's plan.
struct RunPlan {
    let name: String
    let table: SettingTable
    let settings: RunSettings
    let script: Script
    let scriptNode: ProfileNode

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
        guard let script = profile.script else {
            throw Failure(.profileInvalid, "\(profile.name): `script:` is missing")
        }
        name = profile.name
        self.table = table
        self.script = try ScriptReader.read(script)
        scriptNode = script
        settings = try RunSettings(
            table,
            seed: seed,
            environment: environment,
            readsUsers: readsUsers
        )
    }

    /// A hash over the merged settings and the script: the same run has the same one.
    var hash: String {
        var hash = StableHash()
        for (key, setting) in table.rows {
            hash.combine(key.rawValue)
            hash.combine(setting.text)
        }
        hash.combine("\(script)")
        return hash.hexadecimal
    }

    /// The plan of the only host, for a run whose folder has that name.
    func host(runFolder: String) throws -> HostPlan {
        let sessions = (0..<settings.sessions).map { index in
            let user = index % max(1, settings.users.count)
            return SessionPlan(
                number: SessionNumber(index),
                user: user,
                userName: settings.users.isEmpty ? "" : settings.users[user].text
            )
        }
        var plan = HostPlan(
            number: 0,
            sessions: sessions,
            target: settings.target,
            script: script,
            model: try CompiledModel(settings.client),
            runFolder: runFolder,
            seed: settings.seed,
            redirector: settings.redirector
        )
        plan.sharing = settings.sharing
        plan.files = settings.files
        plan.readOnly = settings.readOnly
        plan.duration = settings.duration
        plan.grace = settings.grace
        plan.scope = settings.scope
        plan.map = settings.map
        plan.dfs = settings.dfs
        return plan
    }
}
