internal import Measurement
internal import TerminalServer
internal import Watchdog

/// The settings, and the profile as a whole.
extension ProfileShape {
    /// What a profile has besides settings.
    static let ownKeys = [
        ProfileKey("summary", .text("A line that says what the profile does."), isRequired: true),
        ProfileKey("script", script, "What every session does."),
        ProfileKey("scripts", scripts, "Several scripts by name, in place of script."),
        ProfileKey("stages", stages, "How the load rises and falls."),
        ProfileKey("namespace", namespace, "The emulated servers."),
    ]

    /// The whole profile; a key with a dot is nested.
    static let profile: ProfileShape = {
        var keys = ownKeys
        var groups: [(name: String, keys: [ProfileKey])] = []
        for key in SettingKey.allCases {
            let parts = key.rawValue.split(separator: ".").map { String($0) }
            guard parts.count == 2 else {
                keys.append(ProfileKey(key.rawValue, key.shape, key.help))
                continue
            }
            let leaf = ProfileKey(parts[1], key.shape, key.help)
            if let index = groups.firstIndex(where: { $0.name == parts[0] }) {
                groups[index].keys.append(leaf)
            } else {
                groups.append((parts[0], [leaf]))
            }
        }
        return .keys(keys + groups.map { ProfileKey($0.name, .keys($0.keys)) })
    }()
}

extension SettingKey {
    /// What its value looks like in a profile.
    var shape: ProfileShape {
        let one = element
        return isList ? .any([one, .list(one)]) : one
    }

    private var element: ProfileShape {
        switch self {
        case .target, .map, .allow, .user, .passwordFile, .users, .bootstrapDC, .thresholds:
            .text(help ?? "A text.")
        case .sessions: .integer(1...100_000)
        case .hosts: .integer(1...1_000)
        case .rate: .rate
        case .virtualTime, .readOnly, .guest: .boolean
        case .client: .words(ClientModel.all.map(\.name))
        case .connections: .words(["host", "session"])
        case .duration, .warmUp, .grace, .progress, .probeAfter, .stallAfter, .setupLimit,
            .logoffLimit, .connectLimit, .logonLimit:
            .duration
        case .seed, .filesSeed: .unsigned
        case .expect: .words(["none"] + Verdict.allCases.map(\.rawValue))
        case .onHang: .words(["auto", "continue", "stop", "break"])
        case .samplesMin: .integer(1...1_000_000_000)
        case .authentication: .words(RunSettings.mechanisms.map(\.key))
        case .dialectMinimum, .dialectMaximum: .words(RunSettings.dialects.map(\.key))
        case .signing, .encryption: .words(RunSettings.protections.map(\.key))
        case .signingAlgorithms: .words(RunSettings.algorithms.map(\.key))
        case .ciphers: .words(RunSettings.ciphers.map(\.key))
        case .hopLimit: .integer(1...64)
        case .filesCount: .integer(0...100_000)
        case .filesSize: .size
        case .plantedBug: .words(RunSettings.plantedBugs.map(\.key))
        }
    }

    /// What an editor says of it.
    var help: String? {
        switch self {
        case .target: "The share or Dfs path to work on: \\\\server\\share\\…"
        case .hosts: "Terminal servers that the sessions are spread over."
        case .rate: "An open loop: operations a second of the whole run, such as 2000/s."
        case .client: "How the host's Dfs client and redirector take their locks."
        case .connections: "Who shares a connection to a server."
        case .duration: "How long the load lasts; with stages, as long as they do."
        case .warmUp: "The beginning of the load, which the figures leave out."
        case .grace: "How long what is under way may take when the load is over."
        case .progress: "How often it is said how it goes."
        case .expect: "The verdict without which the run has failed."
        case .thresholds: "A limit such as p99(create) < 250ms."
        case .samplesMin: "A threshold on fewer operations proves nothing."
        case .allow: "A server that may be contacted: a name, an address or a CIDR block."
        case .map: "Where a name really is: NAME=ADDRESS[:PORT]."
        case .readOnly: "Create, write and delete nothing."
        case .setupLimit: "How long a step of proving users or preparing files may take."
        case .logoffLimit: "How long cleaning up and logging off may take."
        case .filesCount: "Files that are made in the run's folder before the load."
        case .plantedBug: "A bug of the virtual world that its checkers have to find."
        default: nil
        }
    }
}
