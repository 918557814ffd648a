internal import Foundation

/// The folder that one run leaves behind; two runs never share one.
package struct RunDirectory: Sendable {
    package let path: String

    /// Makes `path`, which must not exist or be empty.
    package init(creating path: String) throws(Failure) {
        let files = FileManager.default
        let inside = try? files.contentsOfDirectory(atPath: path)
        if let inside, !inside.isEmpty {
            throw Failure(
                .cannotWrite,
                "the folder \(path) is not empty; name a new one with --out, or remove it"
            )
        }
        do {
            try files.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw Failure(.cannotWrite, "cannot make the folder \(path): \(Self.reason(error))")
        }
        guard access(path, W_OK) == 0 else {
            throw Failure(.cannotWrite, "cannot write into \(path): \(Self.systemError)")
        }
        self.path = path
    }

    /// Makes `gridlock-out/<utc-time>-<profile>/`, with a number behind it if that exists.
    package init(below parent: String, startedAt: String, profile: String) throws(Failure) {
        let stem = startedAt.filter { $0 != ":" && $0 != "-" } + "-" + profile
        try self.init(unique: parent + "/" + stem)
    }

    private init(unique stem: String) throws(Failure) {
        let parent = URL(filePath: stem).deletingLastPathComponent().path
        do {
            try FileManager.default.createDirectory(
                atPath: parent,
                withIntermediateDirectories: true
            )
        } catch {
            throw Failure(.cannotWrite, "cannot make the folder \(parent): \(Self.reason(error))")
        }
        for number in 1...1_000 {
            let candidate = number == 1 ? stem : "\(stem)-\(number)"
            // mkdir decides alone who was first.
            if mkdir(candidate, 0o777) == 0 {
                path = candidate
                return
            }
            guard errno == EEXIST else { break }
        }
        throw Failure(.cannotWrite, "cannot make the folder \(stem): \(Self.systemError)")
    }

    /// Makes a folder inside, unless it is there.
    package func makeFolder(_ name: String) throws(Failure) {
        guard mkdir(path + "/" + name, 0o777) != 0, errno != EEXIST else { return }
        throw Failure(.cannotWrite, "cannot make the folder \(path)/\(name): \(Self.systemError)")
    }

    /// Replaces a file in one step: a reader sees the old one or the new one, never half of it.
    package func write(_ text: String, to name: String) throws(Failure) {
        try write(Data(text.utf8), to: name)
    }

    package func write(_ bytes: [UInt8], to name: String) throws(Failure) {
        try write(Data(bytes), to: name)
    }

    private func write(_ data: Data, to name: String) throws(Failure) {
        let target = path + "/" + name
        let temporary = target + ".new"
        do {
            try data.write(to: URL(filePath: temporary))
        } catch {
            throw Failure(.cannotWrite, "cannot write \(target): \(Self.reason(error))")
        }
        guard rename(temporary, target) == 0 else {
            throw Failure(.cannotWrite, "cannot write \(target): \(Self.systemError)")
        }
    }

    static var systemError: String { String(cString: strerror(errno)) }

    private static func reason(_ error: any Error) -> String {
        let posix = (error as NSError).userInfo[NSUnderlyingErrorKey] as? POSIXError
        return posix.map { String(cString: strerror($0.code.rawValue)) } ?? "\(error)"
    }
}
