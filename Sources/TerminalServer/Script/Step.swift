package import Primitives
package import SMBWire

/// One step of a session's script, as a profile writes it.
package indirect enum Step: Hashable, Sendable {
    package enum Access: Hashable, Sendable {
        case read
        /// Creates the file if need be and empties it.
        case write
        /// Creates the file if need be and keeps what is in it.
        case update
    }

    package enum Offset: Hashable, Sendable {
        /// One piece after the other from the beginning; an open starts anew.
        case sequential
        /// Any multiple of the size inside the file, by the session's dice.
        case random
        /// Any multiple of the size below this many bytes, wherever the file ends.
        case within(Int)
    }

    package enum Count: Hashable, Sendable {
        case forever
        case times(Int)
    }

    package struct Choice: Hashable, Sendable {
        package let weight: Int
        package let steps: [Step]

        package init(weight: Int, steps: [Step]) {
            self.weight = weight
            self.steps = steps
        }
    }

    /// How an open is made besides; what nobody asks for is not sent.
    package struct OpenOptions: Hashable, Sendable {
        package var oplock = OplockLevel.none
        package var lease: LeaseState?
        /// The thread ends inside the open and gives nothing back (KB 841827).
        package var exits = false
        /// What is open stays open beside it, and is the current file again when this one closes.
        package var isBeside = false
        /// Answers that are no errors, because the script looks for what may not be there.
        package var accepts: [NTStatus] = []

        package init() {}
    }

    /// An operation on a path that opens and closes by itself.
    package enum PathAction: Hashable, Sendable {
        /// QUERY_INFO: times, sizes, attributes.
        case stat
        /// QUERY_INFO of the volume: how much room there is.
        case volume
        /// QUERY_DIRECTORY until there are no more names that fit.
        case list(pattern: String)
        case delete
        /// SET_INFO; takes the place of what has the new name.
        case rename(to: PathTemplate)
    }

    case logon
    case logoff
    case open(PathTemplate, Access, OpenOptions = OpenOptions())
    /// `size` in bytes, `count` operations.
    case read(size: Int, count: Int, Offset)
    case write(size: Int, count: Int, Offset)
    case flush
    /// Sets the time of the last write, as whoever copies a file back does.
    case touch
    case lock(offset: UInt64, length: UInt64, waits: Bool)
    case unlock(offset: UInt64, length: UInt64)
    case close
    /// A change notify on a directory, left behind for as long as the session lasts.
    case notify(PathTemplate)
    /// Waits until every session of the run that still goes on stands here: all at once.
    case barrier
    case onPath(PathAction, PathTemplate, accepts: [NTStatus] = [])
    case think(DurationDistribution)
    case `repeat`(Count, [Step])
    case choose([Choice])

    package static func list(_ path: PathTemplate) -> Step { .onPath(.list(pattern: "*"), path) }
    package static func stat(_ path: PathTemplate) -> Step { .onPath(.stat, path) }
}

/// A path below the target with places to fill in.
///
/// A path that begins with two backslashes leads elsewhere than below the target.
///
/// `{run}` is the run's own folder, `{file}` one of the prepared files and `{random:8}` a number
/// below eight by the session's dice; `{session}`, `{user}` and `{n}` (how many paths this session
/// has filled in) are what they say.
package struct PathTemplate: Hashable, Sendable {
    private enum Part: Hashable, Sendable {
        case text(String)
        case run
        case file
        case session
        case user
        case count
        /// A number below this one, by the session's dice.
        case random(Int)
    }

    private let parts: [Part]

    package static let names = ["run", "file", "session", "user", "n", "random:COUNT"]

    /// Why a text is no template.
    package enum Problem: Error, Hashable, Sendable {
        case unknownName(String)
        case openBrace
        case empty
    }

    package init(_ text: String) throws(Problem) {
        var parts: [Part] = []
        var rest = Substring(text)
        guard !rest.isEmpty else { throw .empty }
        while let brace = rest.firstIndex(of: "{") {
            if brace > rest.startIndex { parts.append(.text(String(rest[..<brace]))) }
            guard let end = rest[brace...].firstIndex(of: "}") else { throw .openBrace }
            let name = String(rest[rest.index(after: brace)..<end])
            switch name {
            case "run": parts.append(.run)
            case "file": parts.append(.file)
            case "session": parts.append(.session)
            case "user": parts.append(.user)
            case "n": parts.append(.count)
            default: parts.append(.random(try Self.count(of: name)))
            }
            rest = rest[rest.index(after: end)...]
        }
        if !rest.isEmpty { parts.append(.text(String(rest))) }
        self.parts = parts
    }

    private static func count(of name: String) throws(Problem) -> Int {
        let words = name.split(separator: ":")
        guard words.count == 2, words[0] == "random", let count = Int(words[1]), count > 0 else {
            throw .unknownName(name)
        }
        return count
    }

    /// Whether what it names lies in the run's own folder.
    package var isBelowRun: Bool { parts.first == .run || parts.first == .file }
    package var usesFiles: Bool { parts.contains(.file) }

    package struct Values: Hashable, Sendable {
        package var run: String
        package var file: String
        package var session: Int
        package var user: String
        package var count: UInt64

        package init(run: String, file: String, session: Int, user: String, count: UInt64) {
            self.run = run
            self.file = file
            self.session = session
            self.user = user
            self.count = count
        }
    }

    package func fill(_ values: Values, using random: inout SplitMix64) -> String {
        var text = ""
        for part in parts {
            switch part {
            case .text(let piece): text += piece
            case .run: text += values.run
            case .file: text += values.file
            case .session: text += String(values.session)
            case .user: text += values.user
            case .count: text += String(values.count)
            case .random(let count): text += String(Int.random(in: 0..<count, using: &random))
            }
        }
        return text
    }
}
