internal import Primitives

/// Several sources as one: hosts whose sessions meet at a server, an emulator beside them.
extension WaitSnapshot {
    /// One snapshot of all; a single one is returned as it is.
    ///
    /// Shared resources of one class and name become one; a request that a host awaits and an
    /// emulator serves is tied to the party that serves it; an emulator's locks of an SMB session
    /// belong to the session that logged on as it.
    package static func joining(_ snapshots: [WaitSnapshot]) -> WaitSnapshot? {
        guard var joined = snapshots.first else { return nil }
        guard snapshots.count > 1 else { return joined }
        var join = Join(first: joined)
        joined.sections = [joined.section]
        for snapshot in snapshots.dropFirst() {
            join.append(snapshot, to: &joined)
            joined.sections.append(joined.section(of: snapshot))
            joined.instant = max(joined.instant, snapshot.instant)
            joined.sessionCount += snapshot.sessionCount
            if let order = snapshot.order {
                joined.order = joined.order ?? LockOrder()
                joined.order?.merge(order)
            }
        }
        join.tie(&joined)
        return joined
    }

    private func section(of other: WaitSnapshot) -> Section {
        var section = self.section
        section.source = other.source
        section.sourceName = other.sourceName
        section.instant = other.instant
        return section
    }

    /// By what a shared resource is found in other sources.
    func identity(of resource: Resource, _ index: Int) -> String {
        resource.identity == .none ? label(of: index) : names[resource.identity]
    }

    /// The name of a resource as dumps show it: `CONN[fs2]`, `PKT`.
    package func label(of resource: Int) -> String {
        guard resources.indices.contains(resource) else { return "?" }
        let className = names[resources[resource].className]
        let instance = names[resources[resource].instance]
        return instance.isEmpty ? className : "\(className)[\(instance)]"
    }
}

/// Two numbers that name something across sources.
private struct Key: Hashable {
    var connection: UInt64
    var number: UInt64
}

/// What has to be looked up while snapshots are united.
private struct Join {
    private var sharedResources: [String: Int32] = [:]
    /// Where each appended snapshot's arrays begin.
    private var offset = Offsets()

    private struct Offsets {
        var names: Int32 = 0
        var parties: Int32 = 0
        var requests: Int32 = 0
        var connections: Int32 = 0
        var ranges: Int32 = 0
    }

    init(first: WaitSnapshot) {
        for (index, resource) in first.resources.enumerated() where resource.isShared {
            sharedResources[first.identity(of: resource, index)] = Int32(index)
        }
    }

    mutating func append(_ other: WaitSnapshot, to joined: inout WaitSnapshot) {
        offset.names = joined.names.append(other.names)
        offset.parties = Int32(joined.parties.count)
        offset.requests = Int32(joined.requests.count)
        offset.connections = Int32(joined.connections.count)
        offset.ranges = Int32(joined.ranges.count)
        let resources = appendResources(of: other, to: &joined)
        for party in other.parties { joined.parties.append(moved(party)) }
        for hold in other.holds { joined.holds.append(moved(hold, resources)) }
        for wait in other.waits { joined.waits.append(moved(wait, resources)) }
        for request in other.requests { joined.requests.append(moved(request)) }
        for connection in other.connections { joined.connections.append(moved(connection)) }
        joined.ranges.append(contentsOf: other.ranges)
        for served in other.served {
            var served = served
            served.party = shifted(served.party, offset.parties)
            joined.served.append(served)
        }
        for alias in other.aliases {
            var alias = alias
            alias.party = shifted(alias.party, offset.parties)
            joined.aliases.append(alias)
        }
    }

    private mutating func appendResources(
        of other: WaitSnapshot,
        to joined: inout WaitSnapshot
    ) -> [Int32] {
        var places: [Int32] = []
        places.reserveCapacity(other.resources.count)
        for (index, resource) in other.resources.enumerated() {
            let identity = resource.isShared ? other.identity(of: resource, index) : ""
            if resource.isShared, let place = sharedResources[identity] {
                places.append(place)
                continue
            }
            let place = Int32(joined.resources.count)
            if resource.isShared { sharedResources[identity] = place }
            var resource = resource
            resource.className = moved(resource.className)
            resource.instance = moved(resource.instance)
            resource.identity = moved(resource.identity)
            joined.resources.append(resource)
            places.append(place)
        }
        return places
    }

    /// Ties requests to those who serve them, and an SMB session's locks to its session.
    func tie(_ joined: inout WaitSnapshot) {
        tieAliases(&joined)
        limitBreaks(&joined)
        guard !joined.served.isEmpty else { return }
        var servers: [Key: Int32] = [:]
        for served in joined.served {
            servers[Key(connection: served.connectionKey, number: served.messageID)] = served.party
        }
        for index in joined.requests.indices where joined.requests[index].servedBy < 0 {
            let connection = Int(joined.requests[index].connection)
            guard joined.connections.indices.contains(connection) else { continue }
            let key = Key(
                connection: joined.connections[connection].key,
                number: joined.requests[index].messageID
            )
            if let party = servers[key] { joined.requests[index].servedBy = party }
        }
    }

    /// A break that somebody in view owes is waited for as long as the server's OplockBreakWait.
    private func limitBreaks(_ joined: inout WaitSnapshot) {
        var owed: [Int32: Instant] = [:]
        for hold in joined.holds where isBreak(hold.resource, joined) {
            owed[hold.resource] = max(owed[hold.resource] ?? .zero, hold.since)
        }
        guard !owed.isEmpty else { return }
        for wait in joined.waits.indices where joined.waits[wait].deadline.isNever {
            guard let since = owed[joined.waits[wait].resource] else { continue }
            joined.limit(wait: wait, byBreakSince: since)
        }
    }

    private func isBreak(_ resource: Int32, _ joined: WaitSnapshot) -> Bool {
        joined.resources.indices.contains(Int(resource))
            && joined.resources[Int(resource)].kind == .leaseBreak
    }

    private func tieAliases(_ joined: inout WaitSnapshot) {
        guard !joined.aliases.isEmpty else { return }
        var sessions: [Key: Int32] = [:]
        for alias in joined.aliases where isSession(alias.party, joined) {
            sessions[Key(connection: alias.connectionKey, number: alias.sessionID)] = alias.party
        }
        var place = joined.parties.indices.map { Int32($0) }
        for alias in joined.aliases where !isSession(alias.party, joined) {
            let key = Key(connection: alias.connectionKey, number: alias.sessionID)
            guard let session = sessions[key], place.indices.contains(Int(alias.party)) else {
                continue
            }
            place[Int(alias.party)] = session
        }
        for index in joined.holds.indices {
            let party = Int(joined.holds[index].party)
            if place.indices.contains(party) { joined.holds[index].party = place[party] }
        }
        for index in joined.waits.indices {
            let party = Int(joined.waits[index].party)
            if place.indices.contains(party) { joined.waits[index].party = place[party] }
        }
    }

    private func isSession(_ party: Int32, _ joined: WaitSnapshot) -> Bool {
        joined.parties.indices.contains(Int(party)) && joined.parties[Int(party)].session >= 0
    }
}

/// Indices of one snapshot made indices of the whole.
extension Join {
    private func shifted(_ index: Int32, _ by: Int32) -> Int32 { index < 0 ? index : index + by }

    private func moved(_ name: Name) -> Name {
        name == .none ? name : Name(rawValue: name.rawValue + offset.names)
    }

    private func moved(_ party: WaitSnapshot.Party) -> WaitSnapshot.Party {
        var party = party
        party.agent = moved(party.agent)
        party.operation = moved(party.operation)
        party.path = moved(party.path)
        party.site = moved(party.site)
        return party
    }

    private func moved(_ hold: WaitSnapshot.Hold, _ resources: [Int32]) -> WaitSnapshot.Hold {
        var hold = hold
        hold.party = shifted(hold.party, offset.parties)
        hold.resource = place(hold.resource, resources)
        hold.range = shifted(hold.range, offset.ranges)
        hold.site = moved(hold.site)
        return hold
    }

    private func moved(_ wait: WaitSnapshot.Wait, _ resources: [Int32]) -> WaitSnapshot.Wait {
        var wait = wait
        wait.party = shifted(wait.party, offset.parties)
        wait.resource = place(wait.resource, resources)
        wait.range = shifted(wait.range, offset.ranges)
        wait.request = shifted(wait.request, offset.requests)
        wait.timer = moved(wait.timer)
        wait.site = moved(wait.site)
        return wait
    }

    /// An index that the snapshot does not have becomes none; the analysis leaves such out.
    private func place(_ resource: Int32, _ resources: [Int32]) -> Int32 {
        resources.indices.contains(Int(resource)) ? resources[Int(resource)] : -1
    }

    private func moved(_ request: WaitSnapshot.Request) -> WaitSnapshot.Request {
        var request = request
        request.operation = moved(request.operation)
        request.path = moved(request.path)
        request.connection = shifted(request.connection, offset.connections)
        request.servedBy = shifted(request.servedBy, offset.parties)
        return request
    }

    private func moved(_ connection: WaitSnapshot.Connection) -> WaitSnapshot.Connection {
        var connection = connection
        connection.server = moved(connection.server)
        connection.tuple = moved(connection.tuple)
        return connection
    }
}
