/// One thing a run can be told: in its profile, by the environment or by a flag.
///
/// A profile nests what has a dot: `files.count` is `count:` below `files:`. The flag is
/// `--files-count`, the variable `GRIDLOCK_FILES_COUNT`.
package enum SettingKey: String, CaseIterable, Hashable, Sendable {
    case target
    case sessions
    case hosts
    case rate
    case virtualTime = "virtual-time"
    case client
    case connections
    case duration
    case warmUp = "warm-up"
    case grace
    case seed
    case progress
    case expect
    case onHang = "on-hang"
    case probeAfter = "probe-after"
    case stallAfter = "stall-after"
    case thresholds
    case samplesMin = "min-samples"
    case allow
    case map
    case readOnly = "read-only"
    case user
    case passwordFile = "password-file"
    case users
    case authentication
    case dialectMinimum = "smb.dialect-min"
    case dialectMaximum = "smb.dialect-max"
    case signing = "smb.signing"
    case signingAlgorithms = "smb.signing-algorithms"
    case encryption = "smb.encryption"
    case ciphers = "smb.ciphers"
    case guest = "smb.allow-guest"
    case logoffLimit = "limits.logoff"
    case connectLimit = "limits.connect"
    case logonLimit = "limits.logon"
    case setupLimit = "limits.setup"
    case bootstrapDC = "dfs.domain-controller"
    case hopLimit = "dfs.hop-limit"
    case filesCount = "files.count"
    case filesSize = "files.size"
    case filesSeed = "files.seed"
    case plantedBug = "planted-bug"

    /// What holds when nobody says anything; nil where nothing does.
    package var standard: String? {
        switch self {
        case .sessions: "2"
        case .hosts: "1"
        case .client: "fixed"
        case .connections: "host"
        case .duration: "30s"
        case .warmUp: "0s"
        case .grace: "10s"
        case .progress: "10s"
        case .samplesMin: "1"
        case .onHang: "auto"
        case .probeAfter: "250ms"
        case .stallAfter: "10s"
        case .readOnly, .guest, .virtualTime: "false"
        case .authentication: "spnego-ntlm"
        case .dialectMinimum: "2.0.2"
        case .dialectMaximum: "3.1.1"
        case .signing, .encryption: "as-server-asks"
        case .signingAlgorithms: "aes-gmac, aes-cmac, hmac-sha256"
        case .ciphers: "aes-128-gcm, aes-128-ccm, aes-256-gcm, aes-256-ccm"
        case .logoffLimit: "30s"
        case .connectLimit: "10s"
        case .logonLimit, .setupLimit: "30s"
        case .hopLimit: "16"
        case .filesCount: "0"
        case .filesSize: "4KiB"
        case .filesSeed: "1"
        case .plantedBug: "none"
        case .target, .rate, .seed, .expect, .thresholds, .allow, .map, .user, .passwordFile,
            .users,
            .bootstrapDC:
            nil
        }
    }

    /// Whether the value is a list: in a profile a YAML list, as a variable separated by commas,
    /// as a flag repeated.
    package var isList: Bool {
        switch self {
        case .thresholds, .allow, .map, .signingAlgorithms, .ciphers: true
        default: false
        }
    }

    package var flag: String {
        // One limit a flag.
        if self == .thresholds { return "--threshold" }
        return "--" + rawValue.map { $0 == "." ? "-" : String($0) }.joined()
    }

    package var variable: String {
        "GRIDLOCK_" + rawValue.map { $0 == "." || $0 == "-" ? "_" : $0.uppercased() }.joined()
    }
}
