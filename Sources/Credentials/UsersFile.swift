internal import Foundation

/// Why users or a password cannot be taken from a file.
package struct CredentialsError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A sentence that never holds a password.
    package let description: String

    init(_ description: String) { self.description = description }
}

/// Files with passwords: refused when others can read them.
package enum UsersFile {
    /// Lines of `[DOMAIN\]user:password`; empty ones and those that begin with `#` say nothing.
    package static func read(_ path: String) throws(CredentialsError) -> [User] {
        var users: [User] = []
        let text = try privateText(path)
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            guard !line.isEmpty, !line.hasPrefix("#") else { continue }
            let place = "\(path):\(index + 1)"
            guard let colon = line.firstIndex(of: ":") else {
                throw CredentialsError("\(place):1: expected [DOMAIN\\]user:password")
            }
            let user = try self.user(line[..<colon], place: place)
            guard !users.contains(where: { $0.name == user.name && $0.domain == user.domain })
            else { throw CredentialsError("\(place):1: \(user.text) stands here twice") }
            let secret = Secret(String(line[line.index(after: colon)...]))
            users.append(User(domain: user.domain, name: user.name, secret: secret))
        }
        guard !users.isEmpty else { throw CredentialsError("\(path) names no user") }
        return users
    }

    /// The first line of a password file.
    package static func password(_ path: String) throws(CredentialsError) -> Secret {
        let text = try privateText(path)
        return Secret(String(text.prefix { $0 != "\n" && $0 != "\r\n" }))
    }

    /// `[DOMAIN\]user`.
    package static func user(
        _ text: some StringProtocol,
        place: String
    ) throws(CredentialsError) -> User {
        let parts = text.split(separator: "\\", omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty }), let name = parts.last else {
            throw CredentialsError("\(place):1: expected a name as user or DOMAIN\\user")
        }
        let domain = parts.count == 2 ? String(parts[0]) : nil
        return User(domain: domain, name: String(name), secret: nil)
    }

    private static func privateText(_ path: String) throws(CredentialsError) -> String {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw CredentialsError("cannot read \(path): \(String(cString: strerror(errno)))")
        }
        let mode = status.st_mode & 0o777
        guard mode & 0o077 == 0 else {
            let digits = String(mode, radix: 8)
            throw CredentialsError(
                "\(path) holds passwords and others can read it (mode \(digits)); chmod 600 it"
            )
        }
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw CredentialsError("\(path) is no UTF-8 text")
        }
        return text
    }
}
