import Emulator
import Primitives
import Redirector
import SMBWire
import Testing

/// What a client sees of links while it looks around in a root, over SMB2 messages.
@Suite struct LinkListingTests {
    private static let plan: NamespacePlan = {
        var plan = DFSCEnvironment.plan()
        plan.roots[0].links.append(
            ExampleNamespace.link(#"nested\deep"#, ExampleNamespace.target(#"\node01\FileShare"#))
        )
        plan.servers[1].shares[0].files = [FilePlan(path: "readme.txt", size: 3)]
        return plan
    }()

    private func list(_ name: String) throws -> [DirectoryEntry] {
        var wire = EmulatedWire(Self.plan)
        let tree = try wire.reach("ns1", share: "Standalone")
        let parameters = CreateParameters(name: name, access: .readData, options: .directoryFile)
        guard case .open(let open, _) = try wire.ask(.create(tree, parameters)).result,
            case .bytes(let bytes) = try wire.ask(
                .queryDirectory(open, pattern: "*", restarts: true)
            ).result
        else { return [] }
        return try DirectoryEntry.list(from: Array(bytes)).filter { !$0.name.hasPrefix(".") }
    }

    @Test func `links are directories with the tag of Dfs among the files of a root`() throws {
        let entries = try list(#"ns1\Standalone"#)
        #expect(entries.map(\.name) == ["DFSLink", "Interlink", "nested", "readme.txt"])
        let tags: [UInt32] = [0x8000_000A, 0x8000_000A, 0, 0]
        #expect(entries.map(\.eaSize) == tags)
        #expect(entries[0].facts.attributes == [.directory, .reparsePoint])
        #expect(entries[2].facts.attributes == .directory)
    }

    @Test func `a link below a directory is found there`() throws {
        let entries = try list(#"ns1\Standalone\nested"#)
        #expect(entries.map(\.name) == ["deep"])
        #expect(entries[0].facts.attributes == [.directory, .reparsePoint])
    }
}
