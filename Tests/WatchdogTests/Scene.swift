import Primitives
import Watchdog

/// A snapshot made by hand, by names: sessions are numbers, resources are `PKT` or `CONN[fs2]`.
struct Scene {
    var snapshot: WaitSnapshot
    private var parties: [String: Int32] = [:]
    private var resources: [String: Int32] = [:]

    /// `now` in seconds since the beginning of the run.
    init(source: Int = 0, _ name: String = "host 0", now: Double = 40, sessions: Int = 10) {
        snapshot = WaitSnapshot(
            source: source,
            sourceName: name,
            instant: Self.instant(now),
            sessionCount: sessions
        )
    }

    static func instant(_ seconds: Double) -> Instant {
        Instant(nanoseconds: UInt64((seconds * 1_000).rounded()) * 1_000_000)
    }

    func name(_ text: String) -> Name {
        var names = snapshot.names
        return names.intern(text)
    }

    @discardableResult
    mutating func session(
        _ number: Int,
        _ agent: String = "",
        operation: String = "CREATE",
        path: String = #"\\CORP\dfs\eng\a.txt"#,
        started: Double = 10,
        state: WaitSnapshot.Party.State = .alive,
        steps: UInt32 = 0,
        repeats: UInt32 = 0
    ) -> Int32 {
        if let place = parties["\(number) \(agent)"] { return place }
        let party = WaitSnapshot.Party(
            session: number < 0 ? nil : SessionNumber(number),
            agent: snapshot.names.intern(agent),
            state: state,
            operation: snapshot.names.intern(operation),
            path: snapshot.names.intern(path),
            started: Self.instant(started),
            steps: steps,
            repeats: repeats
        )
        let place = snapshot.add(party)
        parties["\(number) \(agent)"] = place
        return place
    }

    @discardableResult
    mutating func resource(
        _ label: String,
        _ kind: WaitSnapshot.Resource.Kind = .lock,
        units: Int32 = 1,
        reserve: Int32 = 0,
        isShared: Bool = false
    ) -> Int32 {
        if let place = resources[label] { return place }
        let parts = label.split(separator: "[", maxSplits: 1)
        let instance = parts.count > 1 ? String(parts[1].dropLast()) : ""
        let resource = WaitSnapshot.Resource(
            kind,
            className: snapshot.names.intern(String(parts[0])),
            instance: snapshot.names.intern(instance),
            isShared: isShared,
            units: units,
            reserve: reserve
        )
        let place = snapshot.add(resource)
        resources[label] = place
        return place
    }

    mutating func holds(
        _ session: Int,
        _ label: String,
        _ mode: WaitSnapshot.Mode = .exclusive,
        since: Double = 10,
        agent: String = "",
        range: WaitSnapshot.ByteRange? = nil,
        generation: UInt32 = 1,
        site: String = "mup/resolve:131"
    ) {
        let party = self.session(session, agent)
        let resource = self.resource(label)
        snapshot.holds.append(
            .init(
                party: party,
                resource: resource,
                mode: mode,
                since: Self.instant(since),
                range: range.map { snapshot.add($0) } ?? -1,
                generation: generation,
                site: snapshot.names.intern(site)
            )
        )
    }

    @discardableResult
    mutating func waits(
        _ session: Int,
        _ label: String,
        _ mode: WaitSnapshot.Mode = .exclusive,
        since: Double = 10,
        agent: String = "",
        range: WaitSnapshot.ByteRange? = nil,
        request: Int32 = -1,
        generation: UInt32 = 1,
        timer: (String, Double)? = nil,
        isIndefinite: Bool = false,
        usesReserve: Bool = false,
        site: String = "redir/connect:214"
    ) -> Int {
        let party = self.session(session, agent)
        let resource = self.resource(label)
        snapshot.waits.append(
            .init(
                party: party,
                resource: resource,
                mode: mode,
                since: Self.instant(since),
                range: range.map { snapshot.add($0) } ?? -1,
                request: request,
                generation: generation,
                deadline: timer.map { Self.instant($0.1) } ?? .never,
                timer: snapshot.names.intern(timer?.0 ?? ""),
                site: snapshot.names.intern(site),
                isIndefinite: isIndefinite,
                usesReserve: usesReserve
            )
        )
        return snapshot.waits.count - 1
    }

    /// A connection; times in seconds, nil for never.
    mutating func connection(
        _ server: String,
        key: UInt64 = 1,
        lastReceived: Double?,
        latestAnsweredSent: Double? = nil
    ) -> Int32 {
        snapshot.add(
            WaitSnapshot.Connection(
                server: snapshot.names.intern(server),
                tuple: snapshot.names.intern("127.0.0.1:50112 -> 127.0.0.2:445"),
                key: key,
                requestsSent: 120,
                requestsAnswered: 119,
                lastReceived: lastReceived.map(Self.instant) ?? .never,
                latestAnsweredSent: latestAnsweredSent.map(Self.instant) ?? .never,
                p99: 4_000_000
            )
        )
    }

    mutating func request(
        _ operation: String = "READ",
        on connection: Int32,
        created: Double = 10,
        sent: Double? = 10,
        isInterim: Bool = false,
        servedBy: Int32 = -1,
        messageID: UInt64 = 77
    ) -> Int32 {
        snapshot.add(
            WaitSnapshot.Request(
                operation: snapshot.names.intern(operation),
                path: snapshot.names.intern(#"\\fs2\eng\a.txt"#),
                connection: connection,
                created: Self.instant(created),
                sent: sent.map(Self.instant) ?? .never,
                isInterim: isInterim,
                servedBy: servedBy,
                sessionID: 0x1D,
                treeID: 5,
                messageID: messageID,
                asyncID: isInterim ? 9 : 0
            )
        )
    }

    var findings: [Finding] { Diagnosis(snapshot).findings }

    /// As `dump` and `watch` see it: the first hang of this snapshot alone.
    var hangs: [Hang] {
        let diagnosis = Diagnosis(snapshot)
        let builder = HangBuilder(diagnosis)
        return diagnosis.findings.enumerated().map { place, finding in
            builder.hang(
                finding,
                id: place + 1,
                confirmation: .exact,
                conflicts: snapshot.order?.conflicts ?? []
            )
        }
    }

    /// The article: S17 holds PKT shared and wants CONN, S42 the other way round; three more
    /// shared waiters behind S42, two in the queue of CONN.
    static func article(now: Double = 40) -> Scene {
        var scene = Scene(now: now, sessions: 50)
        scene.holds(17, "PKT", .shared, since: 10)
        scene.holds(42, "CONN[FS2]", .exclusive, since: 9.9, site: "redir/connect:214")
        scene.waits(17, "CONN[FS2]", .exclusive, since: 10, site: "redir/connect:214")
        scene.waits(42, "PKT", .exclusive, since: 10.1, site: "mup/pkt:77")
        for number in [3, 4, 5] { scene.waits(number, "PKT", .shared, since: 11) }
        for number in [6, 7] { scene.waits(number, "CONN[FS2]", .exclusive, since: 12) }
        var order = LockOrder()
        let pkt = order.number(of: "PKT")
        let connection = order.number(of: "CONN")
        for _ in 0..<3 {
            order.saw(held: pkt, wanted: connection, isExclusive: true, at: instant(0.003))
        }
        order.saw(held: connection, wanted: pkt, isExclusive: true, at: instant(0.004))
        scene.snapshot.order = order
        return scene
    }
}
