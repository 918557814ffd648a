import TerminalServer
import Testing

/// What can be read off the models' texts without running them.
@Suite struct ModelTextTests {
    @Test func `every model has all programs that a host needs`() throws {
        let agents = ["acknowledge break", "watch"]
        for source in ClientModel.all {
            let model = try CompiledModel(source)
            for name in OperationKind.allCases.map(\.name) + agents {
                #expect(model.entry(named: name) != nil, "\(source.name) has no \(name)")
            }
        }
    }

    @Test func `names are unique and found again`() {
        let names = ClientModel.all.map(\.name)
        #expect(Set(names).count == names.count)
        for source in ClientModel.all { #expect(ClientModel.named(source.name) == source) }
        #expect(ClientModel.named("nobody") == nil)
    }

    @Test func `classes that are nested both ways are those of the articles`() throws {
        let expected: [String: [String]] = [
            "q260752": ["CONN PKT"], "q260752-singleflight": ["CONN PKT"],
            "kb824909": ["POOL.critical POOL.critical"], "cifs-refresh": ["PKT RX.receiver"],
            "cifs-lock-sem": ["FCB FCB"],
        ]
        for source in ClientModel.all {
            var found: [String] = []
            for (edge, _) in try CompiledModel(source).orderConflicts {
                let pair = [edge.held, edge.wanted].sorted().joined(separator: " ")
                if !found.contains(pair) { found.append(pair) }
            }
            #expect(found == expected[source.name] ?? [], "\(source.name)")
        }
    }

    @Test func `every model reads and fills the referral table under PKT`() throws {
        for source in ClientModel.all {
            let sets = try CompiledModel(source).locksets
            for query in [Query.path, .learn, .attempted] {
                let guards = sets.first { $0.knowledge == query.name }?.classes
                #expect(guards?.contains("PKT") == true, "\(source.name): \(query.name)")
            }
        }
    }
}
