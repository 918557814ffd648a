import Dfs
import Primitives
import SMBWire

/// Servers of a namespace as a table: what each says to a referral request and to an open.
struct FakeNamespace {
    /// By the request's path in upper case: flags, TTL, and the targets.
    struct Referral {
        var isRoot: Bool
        var flags: ReferralResponse.Flags
        var seconds: UInt32 = 300
        var targets: [String]
        var prefix: String
        var version: UInt16 = 3
    }

    var referrals: [String: Referral] = [:]
    /// The status of an open by its path in upper case; success where nothing stands.
    var opens: [String: NTStatus] = [:]
    /// Referral requests answered so far, as `kind host path`.
    var asked: [String] = []
    /// The status of every referral request to these hosts.
    var deadHosts: [String: NTStatus] = [:]

    mutating func addRoot(_ prefix: String, _ targets: String..., seconds: UInt32 = 300) {
        referrals[prefix.uppercased()] = Referral(
            isRoot: true,
            flags: [.referralServers, .storageServers],
            seconds: seconds,
            targets: targets.isEmpty ? [prefix] : targets,
            prefix: prefix
        )
    }

    mutating func addLink(
        _ prefix: String,
        _ targets: String...,
        isInterlink: Bool = false,
        seconds: UInt32 = 1_800
    ) {
        referrals[prefix.uppercased()] = Referral(
            isRoot: false,
            flags: isInterlink ? .referralServers : .storageServers,
            seconds: seconds,
            targets: targets,
            prefix: prefix
        )
    }

    /// The answer to a referral request: the longest link, else the root.
    mutating func answer(_ need: ReferralNeed) -> (NTStatus, [UInt8]) {
        asked.append("\(need.kind.rawValue) \(need.host) \(need.path.referralText)")
        if let status = deadHosts[need.host] { return (status, []) }
        for count in stride(from: need.path.components.count, through: 2, by: -1) {
            let prefix = need.path.prefix(count).referralText
            guard let referral = referrals[prefix.uppercased()] else { continue }
            let response = ReferralResponse(
                pathConsumed: UInt16(prefix.utf16.count * 2),
                flags: referral.flags,
                entries: referral.targets.map { target in
                    ReferralEntry(
                        version: referral.version,
                        isRoot: referral.isRoot,
                        isSetBoundary: false,
                        timeToLive: referral.seconds,
                        content: .target(
                            dfsPath: prefix,
                            alternatePath: prefix,
                            networkAddress: target
                        )
                    )
                }
            )
            return (.success, response.bytes)
        }
        return (.notFound, [])
    }

    /// An open: PATH_NOT_COVERED at and below links, unless the table says otherwise.
    func open(_ path: UNCPath) -> NTStatus {
        let text = path.referralText.uppercased()
        if let status = opens[text] ?? opens["\\\(path.folded[0])"] { return status }
        for count in stride(from: path.components.count, through: 3, by: -1) {
            let prefix = path.prefix(count).referralText.uppercased()
            if referrals[prefix]?.isRoot == false { return .pathNotCovered }
        }
        return .success
    }
}

/// How a walk through the namespace ended.
enum WalkEnd: Equatable {
    case opened(String)
    case refused(String, NTStatus)
    case notDfs(String)
    case failed(NTStatus)
}

extension DfsClient {
    /// Resolves a path to its end against the fake servers.
    mutating func walk(
        _ path: String,
        in namespace: inout FakeNamespace,
        at now: Instant = .zero
    ) -> (end: WalkEnd, resolution: Resolution) {
        var resolution = begin(UNCPath(referral: path))
        for _ in 0..<200 {
            switch advance(&resolution, at: now) {
            case .referral(let need):
                let (status, output) = namespace.answer(need)
                answered(&resolution, need, status: status, output: output, at: now)
            case .attempt(_, let target):
                let status = namespace.open(target)
                attempted(&resolution, target, status: status, at: now)
                if resolution.hasEnded {
                    return (
                        status == .success
                            ? .opened(target.text) : .refused(target.text, status), resolution
                    )
                }
            case .notDfs(let path): return (.notDfs(path.text), resolution)
            case .failed(let failure): return (.failed(failure.status), resolution)
            }
        }
        return (.failed(.internalError), resolution)
    }
}
