import Dfs
import Primitives
import SMBWire
import Testing

@Suite struct ResolutionTests {
    private func namespace() -> FakeNamespace {
        var namespace = FakeNamespace()
        namespace.addRoot(#"\ns1\dfs"#)
        namespace.addLink(#"\ns1\dfs\one"#, #"\fs1\data"#)
        namespace.addLink(#"\ns1\dfs\two"#, #"\fs1\data"#, #"\fs2\data\sub"#)
        namespace.addLink(#"\ns1\dfs\a\deep"#, #"\fs1\data"#)
        namespace.addLink(#"\ns1\dfs\inter"#, #"\ns2\dfs2"#, isInterlink: true)
        namespace.addLink(#"\ns1\dfs\unsaid"#, #"\ns2\dfs2"#)
        namespace.addLink(#"\ns1\dfs\self"#, #"\ns1\dfs\self"#)
        namespace.addLink(#"\ns1\dfs\ring"#, #"\ns2\dfs2\back"#)
        namespace.addRoot(#"\ns2\dfs2"#)
        namespace.addLink(#"\ns2\dfs2\far"#, #"\fs2\data"#)
        namespace.addLink(#"\ns2\dfs2\back"#, #"\ns1\dfs\ring"#)
        return namespace
    }

    @Test(arguments: [
        (#"\ns1\dfs\plain.txt"#, #"\\ns1\dfs\plain.txt"#),
        (#"\ns1\dfs\one\f.txt"#, #"\\fs1\data\f.txt"#),
        (#"\NS1\Dfs\ONE\f.txt"#, #"\\fs1\data\f.txt"#),
        (#"\ns1\dfs\a\deep\x\y"#, #"\\fs1\data\x\y"#),
        (#"\ns1\dfs\inter\far\z"#, #"\\fs2\data\z"#),
        (#"\ns1\dfs\unsaid\far\z"#, #"\\fs2\data\z"#),
        (#"\ns1\dfs\unsaid\plain"#, #"\\ns2\dfs2\plain"#),
    ]) func `a path comes to its target`(_ path: String, _ target: String) {
        var client = DfsClient(settings: DfsSettings())
        var namespace = namespace()
        #expect(client.walk(path, in: &namespace).end == .opened(target))
    }

    @Test func `the first walk asks for root and link, the second for nothing`() {
        var client = DfsClient(settings: DfsSettings())
        var namespace = namespace()
        _ = client.walk(#"\ns1\dfs\one\a"#, in: &namespace)
        #expect(
            namespace.asked == [#"root ns1 \ns1\dfs"#, #"link ns1 \ns1\dfs\one\a"#]
        )
        namespace.asked = []
        #expect(client.walk(#"\ns1\dfs\ONE\b"#, in: &namespace).end == .opened(#"\\fs1\data\b"#))
        #expect(namespace.asked.isEmpty)
    }

    @Test func `a share that is no namespace is asked about once`() {
        var client = DfsClient(settings: DfsSettings())
        var namespace = namespace()
        for _ in 0..<2 {
            #expect(
                client.walk(#"\fs1\data\x"#, in: &namespace).end == .notDfs(#"\\fs1\data\x"#)
            )
        }
        #expect(namespace.asked == [#"root fs1 \fs1\data"#])
    }

    @Test(arguments: [#"\ns1\dfs\self"#, #"\ns1\dfs\ring\x"#])
    func `a circle ends in an error that says so`(_ path: String) {
        var client = DfsClient(settings: DfsSettings())
        var namespace = namespace()
        let (end, resolution) = client.walk(path, in: &namespace)
        #expect(end == .failed(.pathNotCovered))
        var again = resolution
        guard case .failed(let failure) = client.advance(&again, at: .zero) else { return }
        #expect(failure.sentence.contains("leads in a circle: after 16 hops"))
    }

    @Test(arguments: [NTStatus.logonFailure, .accountLockedOut, .networkAccessDenied])
    func `a refused log-on ends it, and is not taken for “no namespace”`(_ status: NTStatus) {
        var client = DfsClient(settings: DfsSettings())
        var namespace = namespace()
        namespace.deadHosts["ns1"] = status
        #expect(client.walk(#"\ns1\dfs\one"#, in: &namespace).end == .failed(status))
        namespace.deadHosts = [:]
        #expect(client.walk(#"\ns1\dfs\one"#, in: &namespace).end == .opened(#"\\fs1\data"#))
    }

    @Test func `a target that fails over is left for the next, which is remembered`() {
        var client = DfsClient(settings: DfsSettings())
        var namespace = namespace()
        namespace.opens[#"\FS1"#] = .connectionRefused
        #expect(
            client.walk(#"\ns1\dfs\two\f"#, in: &namespace).end == .opened(#"\\fs2\data\sub\f"#)
        )
        let (end, resolution) = client.walk(#"\ns1\dfs\two\g"#, in: &namespace)
        #expect(end == .opened(#"\\fs2\data\sub\g"#))
        #expect(resolution.records.count == 1)
    }

    @Test func `each target is tried once, then the path fails`() {
        var client = DfsClient(settings: DfsSettings())
        var namespace = namespace()
        namespace.opens[#"\FS1"#] = .connectionRefused
        namespace.opens[#"\FS2"#] = .ioTimeout
        let (end, resolution) = client.walk(#"\ns1\dfs\two\f"#, in: &namespace)
        #expect(end == .failed(.ioTimeout))
        let attempts = resolution.records.filter { if case .attempt = $0 { true } else { false } }
        // The root first, which does not cover the path, then both targets.
        #expect(attempts.count == 3)
    }

    private static let failing: [NTStatus] = [
        .badNetworkName, .badNetworkPath, .connectionDisconnected, .connectionRefused,
        .connectionReset, .deviceOffLine, .dfsUnavailable, .diskOperationFailed, .duplicateName,
        .fsDriverRequired, .hostUnreachable, .insufficientResources, .invalidNetworkResponse,
        .ioReparseTagNotHandled, .ioTimeout, .netlogonNotStarted, .networkBusy,
        .networkNameDeleted, .networkUnreachable, .noSuchDevice, .noSuchLogonSession,
        .remoteNotListening, .requestNotAccepted, .sharingPaused, .unexpectedNetworkError,
        .unmappableCharacter, .userSessionDeleted, .virtualCircuitClosed,
    ]

    @Test(arguments: failing) func `a listed status fails over`(_ status: NTStatus) {
        var client = DfsClient(settings: DfsSettings())
        var namespace = namespace()
        namespace.opens[#"\FS1"#] = status
        #expect(
            client.walk(#"\ns1\dfs\two\f"#, in: &namespace).end == .opened(#"\\fs2\data\sub\f"#)
        )
        #expect(Failover.applies(toReferral: status) == (status != .badNetworkName))
    }

    @Test(arguments: [
        NTStatus.accessDenied, .objectNameNotFound, .objectPathNotFound, .sharingViolation,
        .logonFailure, .networkAccessDenied, .diskFull,
    ]) func `an answer does not fail over`(_ status: NTStatus) {
        var client = DfsClient(settings: DfsSettings())
        var namespace = namespace()
        namespace.opens[#"\FS1"#] = status
        #expect(
            client.walk(#"\ns1\dfs\two\f"#, in: &namespace).end
                == .refused(#"\\fs1\data\f"#, status)
        )
    }

    @Test func `a link refuses: the next root target is asked`() {
        var client = DfsClient(settings: DfsSettings())
        var namespace = FakeNamespace()
        namespace.addRoot(#"\ns1\dfs"#, #"\ns1\dfs"#, #"\ns9\dfs"#)
        namespace.addLink(#"\ns1\dfs\one"#, #"\fs1\data"#)
        _ = client.walk(#"\ns1\dfs\plain"#, in: &namespace)
        namespace.deadHosts["ns1"] = .connectionRefused
        #expect(client.walk(#"\ns1\dfs\one\f"#, in: &namespace).end == .opened(#"\\fs1\data\f"#))
        #expect(
            namespace.asked.suffix(2) == [
                #"link ns1 \ns1\dfs\one\f"#, #"link ns9 \ns1\dfs\one\f"#,
            ]
        )
    }

    @Test func `an entry is refreshed after its TTL, and used if that fails`() {
        var client = DfsClient(settings: DfsSettings())
        var namespace = namespace()
        _ = client.walk(#"\ns1\dfs\one\f"#, in: &namespace)
        namespace.asked = []
        // Link and root live 1,800 s and 300 s; both are soft for four times that.
        let soft = Instant.zero + .seconds(1_900)
        namespace.deadHosts["ns1"] = .connectionRefused
        #expect(
            client.walk(#"\ns1\dfs\one\f"#, in: &namespace, at: soft).end
                == .opened(#"\\fs1\data\f"#)
        )
        #expect(namespace.asked == [#"link ns1 \ns1\dfs\one\f"#])
        let hard = Instant.zero + .seconds(4 * 1_800)
        let end = client.walk(#"\ns1\dfs\one\f"#, in: &namespace, at: hard).end
        #expect(end == .notDfs(#"\\ns1\dfs\one\f"#))
    }

    @Test func `a refresh with the same targets keeps the hint`() {
        var client = DfsClient(settings: DfsSettings())
        var namespace = namespace()
        namespace.opens[#"\FS1"#] = .connectionRefused
        _ = client.walk(#"\ns1\dfs\two\f"#, in: &namespace)
        namespace.opens = [:]
        namespace.referrals[#"\NS1\DFS\TWO"#]?.targets = [#"\fs2\data\sub"#, #"\fs1\data"#]
        let late = Instant.zero + .seconds(1_900)
        #expect(
            client.walk(#"\ns1\dfs\two\f"#, in: &namespace, at: late).end
                == .opened(#"\\fs2\data\sub\f"#)
        )
    }

    @Test func `two sessions that miss together profit from the first answer`() throws {
        var client = DfsClient(settings: DfsSettings())
        var namespace = namespace()
        var first = client.begin(UNCPath(referral: #"\ns1\dfs\plain"#))
        var second = client.begin(UNCPath(referral: #"\ns1\dfs\other"#))
        guard case .referral(let need) = client.advance(&first, at: .zero) else {
            Issue.record("a referral was to be needed")
            return
        }
        _ = client.advance(&second, at: .zero)
        let (status, output) = namespace.answer(need)
        client.answered(&first, need, status: status, output: output, at: .zero)
        guard case .attempt(let host, let target) = client.advance(&second, at: .zero) else {
            Issue.record("the second session was to find the entry")
            return
        }
        #expect(host == "ns1")
        #expect(target.text == #"\\ns1\dfs\other"#)
    }

    @Test func `an answer without targets, or an ill-formed one, is an error`() {
        var client = DfsClient(settings: DfsSettings())
        for (output, status) in [
            (
                ReferralResponse(pathConsumed: 0, flags: [], entries: []).bytes,
                NTStatus.objectPathNotFound
            )
        ] {
            var resolution = client.begin(UNCPath(referral: #"\ns1\dfs\x"#))
            guard case .referral(let need) = client.advance(&resolution, at: .zero) else { return }
            client.answered(&resolution, need, status: .success, output: output, at: .zero)
            guard case .failed(let failure) = client.advance(&resolution, at: .zero) else {
                Issue.record("a failure was to come")
                return
            }
            #expect(failure.status == status)
        }
    }

    /// Sixteen vectors a seed, each changed at least once: above 10,000 in all.
    @Test(arguments: UInt64(0)..<640) func `hostile referrals never trap and always end`(
        seed: UInt64
    ) {
        var random = SplitMix64(seed: seed)
        var client = DfsClient(settings: DfsSettings())
        for vector in ReferralVector.all {
            var resolution = client.begin(UNCPath(referral: #"\ns1\dfs\a\b\c"#))
            for _ in 0..<60 {
                switch client.advance(&resolution, at: .zero) {
                case .referral(let need):
                    var bytes = vector.bytes
                    let place = Int.random(in: 0..<bytes.count, using: &random)
                    bytes[place] = UInt8.random(in: 0...255, using: &random)
                    client.answered(
                        &resolution,
                        need,
                        status: .success,
                        output: bytes,
                        at: .zero
                    )
                case .attempt(_, let target):
                    let statuses: [NTStatus] = [.success, .pathNotCovered, .ioTimeout]
                    let status = statuses[Int.random(in: 0..<3, using: &random)]
                    client.attempted(&resolution, target, status: status, at: .zero)
                case .notDfs, .failed: break
                }
                if resolution.hasEnded { break }
            }
            #expect(resolution.records.count <= 256)
        }
    }
}
