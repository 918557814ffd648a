import Foundation
import Primitives
import Testing
import Watchdog

@Suite struct DumpTests {
    private let header = DumpHeader(
        run: "7f3a",
        seed: 0x51C2,
        client: "q260752",
        note: "the article names no locks; these are a reconstruction"
    )

    private func article() throws -> Hang {
        var scene = Scene.article()
        scene.holds(8, "PKT", .shared, since: 11)
        scene.waits(8, "CONN[FS2]", .exclusive, since: 13)
        return try #require(scene.hangs.first)
    }

    private func lostResponse() throws -> Hang {
        var scene = Scene(now: 25)
        scene.resource("SERVER[fs2]", .answer)
        let connection = scene.connection("fs2", lastReceived: 24.9, latestAnsweredSent: 24)
        let request = scene.request(on: connection)
        scene.waits(1, "SERVER[fs2]", .pass, request: request, site: "redir/read:31")
        return try #require(scene.hangs.first)
    }

    @Test func `the article as text`() throws {
        try expectGolden(TextDump.text(of: article(), header: header), "article.txt")
    }

    @Test func `a lost response as text`() throws {
        try expectGolden(TextDump.text(of: lostResponse()), "lost-response.txt")
    }

    @Test func `the article as JSON, which another reader understands`() throws {
        let text = JSONDump.text(of: try article(), header: header)
        try expectGolden(text, "article.json")
        let value = try JSONSerialization.jsonObject(with: Data(text.utf8))
        let hang = try #require(value as? [String: Any])
        #expect(hang["verdict"] as? String == "deadlock")
        #expect(hang["component"] as? [Int] == [6, 7, 8, 17, 42])
        #expect(
            (hang["cycle"] as? [[String: Any]])?.compactMap { $0["session"] as? Int } == [17, 42]
        )
    }

    @Test func `the article as DOT`() throws {
        try expectGolden(DOTDump.text(of: article()), "article.dot")
    }

    @Test func `the article as Mermaid`() throws {
        try expectGolden(MermaidDump.text(of: article()), "article.mmd")
    }

    @Test func `a ring of a hundred is drawn up to 50 nodes and the rest is counted`() throws {
        var scene = Scene()
        for number in 0..<100 {
            scene.holds(number, "FCB[\(number)]")
            scene.waits(number, "FCB[\((number + 1) % 100)]")
        }
        let hang = try #require(scene.hangs.first)
        #expect(hang.cycle.count == 100)
        let lines = MermaidDump.text(of: hang).split(separator: "\n")
        let nodes = lines.filter { $0.contains("[\"") }
        #expect(nodes.count == 50)
        #expect(nodes.last == "  more[\"75 more are not drawn\"]")
        #expect(TextDump.text(of: hang).contains("  … 88 more\n"))
    }

    @Test func `names that would break a format are spelled out`() throws {
        let evil = "a\"]; }\n--> `x` <b> | & # \\N \u{0}\u{1B}[31m\u{2028}end"
        var scene = Scene()
        scene.session(1, operation: evil, path: evil)
        scene.holds(1, "PKT[\(evil)]", site: evil)
        scene.waits(1, "PKT[\(evil)]", site: evil)
        let hang = try #require(scene.hangs.first)
        let text = TextDump.text(of: hang)
        #expect(!text.unicodeScalars.contains { $0 != "\n" && $0.value < 32 || $0 == "\u{2028}" })
        let json = JSONDump.text(of: hang)
        let value = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
        #expect((value?["cycle"] as? [[String: Any]])?.first?["operation"] as? String == evil)
        for line in MermaidDump.text(of: hang).split(separator: "\n") {
            #expect(line.count { $0 == "\"" } % 2 == 0)
            #expect(!line.contains("`"))
        }
    }

    /// Whatever the graph, each form is made and keeps its own structure.
    @Test(arguments: UInt64(0)..<200) func `every random graph can be rendered`(
        seed: UInt64
    ) throws {
        var random = SplitMix64(seed: 5_000_000 + seed)
        let world = BruteForce.random(&random)
        let diagnosis = Diagnosis(world.snapshot())
        let builder = HangBuilder(diagnosis)
        for (place, finding) in diagnosis.findings.enumerated() {
            let hang = builder.hang(
                finding,
                id: place + 1,
                confirmation: .exact,
                conflicts: []
            )
            #expect(TextDump.text(of: hang).hasPrefix("GRIDLOCK HANG #\(place + 1)  "))
            let json = Data(JSONDump.text(of: hang).utf8)
            #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: json) }
            try checkMermaid(MermaidDump.text(of: hang))
        }
    }

    /// Every edge joins two nodes that are declared, and there are at most 50.
    private func checkMermaid(_ text: String) throws {
        let lines = text.split(separator: "\n")
        #expect(lines.first == "flowchart LR")
        var nodes: Set<Substring> = []
        for line in lines.dropFirst() {
            if let node = line.firstMatch(of: /^  (n\d+|more)\(?\[".*"\]\)?(:::core)?$/) {
                nodes.insert(node.1)
            } else if let edge = line.firstMatch(of: /^  (n\d+) (-->|-\.->)\|".*"\| (n\d+)$/) {
                #expect(nodes.contains(edge.1) && nodes.contains(edge.3))
            } else {
                #expect(line.hasPrefix("  classDef core "))
            }
        }
        #expect(nodes.count <= 50)
    }
}
