internal import ArgumentParser

struct ProfilesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "profiles",
        abstract: "List the built-in profiles."
    )

    func run() throws {
        let width = BuiltInProfiles.names.map(\.count).max() ?? 0
        for name in BuiltInProfiles.names {
            let profile = try ProfileSource.load(name)
            let gap = String(repeating: " ", count: width - name.count)
            try Console.result("\(name)\(gap)  \(profile.summary)\n")
        }
    }
}
