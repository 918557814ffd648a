import Credentials
import Primitives
import Redirector
import SMBWire
import SambaSupport

/// The same requests to whatever server, and the statuses that came back, by what was asked.
final class StatusProbe {
    private(set) var statuses: [(operation: String, status: NTStatus)] = []
    private let conversation: Conversation
    private let server: String

    /// Numbers of the users: one who may, one with a wrong password, one whom nobody knows.
    private enum Who: Int {
        case known
        case mistaken
        case unknown
    }

    init(server: String, address: String) {
        self.server = server
        conversation = Conversation(
            address: address,
            users: [
                User(domain: nil, name: "user01", secret: Secret(SambaNamespace.password)),
                User(domain: nil, name: "user01", secret: Secret("wrong")),
                User(domain: nil, name: "nosuchuser", secret: Secret("wrong")),
            ]
        )
    }

    /// Asks, and notes the status under that name.
    @discardableResult
    private func note(_ operation: String, _ request: Request) throws -> Answer.Result {
        let answer = try conversation.ask(request)
        statuses.append((operation, answer.status))
        return answer.result
    }

    private func open(
        _ operation: String,
        _ tree: TreeNumber,
        _ parameters: CreateParameters
    ) throws -> OpenNumber? {
        let result = try note(operation, .create(tree, parameters))
        guard case .open(let open, _) = result else { return nil }
        return open
    }

    /// Opens what must be there for the requests that follow.
    private func opened(
        _ operation: String,
        _ tree: TreeNumber,
        _ parameters: CreateParameters
    ) throws -> OpenNumber {
        guard let open = try open(operation, tree, parameters) else {
            throw Conversation.Broken(sentence: "\(server): \(operation): \(statuses.last as Any)")
        }
        return open
    }

    private func tree(_ share: String) throws -> TreeNumber {
        guard case .connection(let connection) = try note("connect", .connect(server: server)),
            case .smbSession(let session) = try note(
                "log on",
                .logon(connection, user: Who.known.rawValue)
            )
        else { throw Conversation.Broken(sentence: "\(server): \(statuses)") }
        let path = UNCPath(components: [server, share])
        guard case .tree(let tree, _) = try note("reach", .treeConnect(session, share: path))
        else { throw Conversation.Broken(sentence: "\(server): \(statuses)") }
        return tree
    }

    /// Sessions and shares.
    func askForEntry() throws {
        guard case .connection(let connection) = try note("connect", .connect(server: server)),
            case .smbSession(let session) = try note(
                "log on",
                .logon(connection, user: Who.known.rawValue)
            )
        else { return }
        try note("log on: wrong password", .logon(connection, user: Who.mistaken.rawValue))
        try note("log on: unknown user", .logon(connection, user: Who.unknown.rawValue))
        for share in ["data", "DATA", "IPC$", "nosuchshare"] {
            let path = UNCPath(components: [server, share])
            try note("tree connect: \(share)", .treeConnect(session, share: path))
        }
        try note("echo", .echo(connection))
        try note("log off", .logoff(session))
    }

    /// Names, dispositions and sharing.
    func askForFiles() throws {
        let tree = try tree("data")
        let folder = try opened("folder: create", tree, .made("f", .create, [.directoryFile]))
        let file = try opened(#"file: create"#, tree, .made(#"f\a"#, .create))
        let cases: [(String, CreateParameters)] = [
            ("collision of folders", .made("f", .create, [.directoryFile])),
            ("collision of files", .made(#"f\a"#, .create)),
            ("missing name", .made(#"f\b"#, .open)),
            ("missing path", .made(#"f\no\b"#, .open)),
            ("file within the path", .made(#"f\a\b"#, .open)),
            ("overwrite of a missing name", .made(#"f\b"#, .overwrite)),
            ("create below a missing path", .made(#"f\no\b"#, .create)),
            ("folder as a file", .made("f", .open, [.nonDirectoryFile])),
            ("file as a folder", .made(#"f\a"#, .open, [.directoryFile])),
            ("root as a file", .made("", .open, [.nonDirectoryFile])),
            ("file and folder at once", .made("f", .open, [.directoryFile, .nonDirectoryFile])),
            ("overwrite of a folder", .made("f", .overwrite, [.directoryFile])),
            ("star in the name", .made(#"f\a*"#, .open)),
            ("leading backslash", .made(#"\f"#, .open)),
            ("no access asked for", .made(#"f\a"#, .open, access: [])),
            ("delete on close without the right", .made(#"f\a"#, .open, [.deleteOnClose])),
            ("other case", .made(#"F\A"#, .open)),
            ("overwrite", .made(#"f\a"#, .overwrite)), ("supersede", .made(#"f\a"#, .supersede)),
        ]
        for (operation, parameters) in cases { _ = try open(operation, tree, parameters) }
        let alone = try opened("alone: create", tree, .made(#"f\alone"#, .create, share: []))
        _ = try open("sharing violation", tree, .made(#"f\alone"#, .open))
        _ = try open(
            "attributes only beside it",
            tree,
            .made(#"f\alone"#, .open, access: .readAttributes)
        )
        try note("close", .close(alone))
        _ = try open("free again", tree, .made(#"f\alone"#, .open))
        try askTwice(file)
        try note("folder: close", .close(folder))
    }

    /// The second request leaves before the first is answered: the server must find nothing.
    private func askTwice(_ open: OpenNumber) throws {
        let first = try conversation.submit(.close(open))
        let second = try conversation.submit(.close(open))
        statuses.append(("close: first", try conversation.answer(to: first).status))
        statuses.append(("close: second", try conversation.answer(to: second).status))
    }

    /// Bytes and byte-range locks.
    func askForBytes() throws {
        let tree = try tree("data")
        let file = try opened("create", tree, .made("bytes", .create))
        let other = try opened("open", tree, .made("bytes", .open))
        let reader = try opened("open to read", tree, .made("bytes", .open, access: .readData))
        let writer = try opened("open to write", tree, .made("bytes", .open, access: .writeData))
        let folder = try opened("open root", tree, .made("", .open, [.directoryFile]))
        try note("read of nothing", .read(file, offset: 0, count: 10))
        try note("write", .write(file, offset: 0, [1, 2, 3, 4]))
        try note("read", .read(file, offset: 0, count: 4))
        try note("read across the end", .read(file, offset: 2, count: 10))
        try note("read at the end", .read(file, offset: 4, count: 1))
        try note("read past the end", .read(file, offset: 100, count: 1))
        try note("write without the right", .write(reader, offset: 0, [1]))
        try note("read without the right", .read(writer, offset: 0, count: 1))
        try note("flush", .flush(file))
        try note("flush without the right", .flush(reader))
        try note("read of a folder", .read(folder, offset: 0, count: 1))
        try note("write to a folder", .write(folder, offset: 0, [1]))
        func lock(_ operation: String, _ open: OpenNumber, _ lock: LockElement) throws {
            try note("lock: " + operation, .lock(open, [lock]))
        }
        let range = LockElement(offset: 0, length: 2, flags: [.exclusive, .failImmediately])
        try lock("exclusive", file, range)
        try lock("conflict", other, range)
        try lock("conflict with its own", file, range)
        try note("read of a locked range", .read(other, offset: 0, count: 1))
        try note("write to a locked range", .write(other, offset: 1, [9]))
        try note("read behind it", .read(other, offset: 2, count: 1))
        try lock("unlock of another's", other, .init(offset: 0, length: 2, flags: .unlock))
        try lock("unlock of a part", file, .init(offset: 0, length: 1, flags: .unlock))
        try lock("unlock", file, .init(offset: 0, length: 2, flags: .unlock))
        try lock("unlock again", file, .init(offset: 0, length: 2, flags: .unlock))
        try lock("no flags", file, .init(offset: 0, length: 1, flags: []))
        try lock(
            "unlock and fail at once",
            file,
            .init(offset: 0, length: 1, flags: [.unlock, .failImmediately])
        )
        try lock(
            "range beyond 64 bits",
            file,
            .init(offset: .max, length: 2, flags: [.exclusive, .failImmediately])
        )
        try lock("of a folder", folder, range)
        try note("no locks at all", .lock(file, []))
    }

    /// What is told about files, and changed.
    func askForInformation() throws {
        let tree = try tree("data")
        let folder = try opened("create folder", tree, .made("d", .create, [.directoryFile]))
        let access: AccessMask = [.readData, .writeData, .delete, .readAttributes, .readControl]
        let file = try opened("create", tree, .made(#"d\a"#, .create, access: access))
        let plain = try opened("open", tree, .made(#"d\a"#, .open, access: .readData))
        _ = try opened("create another", tree, .made(#"d\b"#, .create))
        for number: UInt8 in [4, 5, 6, 7, 14, 18, 22, 28, 34, 0, 200] {
            try note("file class \(number)", .queryInfo(file, .file, informationClass: number))
        }
        for number: UInt8 in [1, 3, 4, 5, 7, 8, 11, 0, 200] {
            let request = Request.queryInfo(file, .fileSystem, informationClass: number)
            try note("volume class \(number)", request)
        }
        try note("list", .queryDirectory(folder, pattern: "*", restarts: true))
        try note("list: the end", .queryDirectory(folder, pattern: "*", restarts: false))
        try note("list: no match", .queryDirectory(folder, pattern: "x*", restarts: true))
        try note("list: a file", .queryDirectory(file, pattern: "*", restarts: true))
        try note("watch a file", .changeNotify(file, .fileName, watchesTree: false))
        func set(_ operation: String, _ open: OpenNumber, _ number: UInt8, _ bytes: [UInt8]) throws
        {
            try note("set: " + operation, .setInfo(open, .file, informationClass: number, bytes))
        }
        try set("unknown class", file, 200, [0])
        try set("end of file", file, 20, [4, 0, 0, 0, 0, 0, 0, 0])
        try set("end of file, too short", file, 20, [4])
        try set("end of file without the right", plain, 20, [8, 0, 0, 0, 0, 0, 0, 0])
        try set("rename onto another", file, 10, Self.rename(to: #"d\b"#))
        try set("rename below a missing path", file, 10, Self.rename(to: #"no\b"#))
        try set("rename without the right", plain, 10, Self.rename(to: #"d\c"#))
        try set("delete without the right", plain, 13, [1])
        try note("close of the reader", .close(plain))
        try set("rename", file, 10, Self.rename(to: #"d\c"#))
        _ = try open("old name", tree, .made(#"d\a"#, .open))
        try set("delete", file, 13, [1])
        _ = try open("delete is pending", tree, .made(#"d\c"#, .open))
        try note("close the deleted", .close(file))
        _ = try open("deleted name", tree, .made(#"d\c"#, .open))
        let full = try opened(
            "full folder",
            tree,
            .made("d", .open, [.directoryFile], access: .delete)
        )
        try set("delete a full folder", full, 13, [1])
    }

    /// FileRenameInformation of dialect 2 ([MS-FSCC] 2.4.42.2), which replaces nothing.
    private static func rename(to name: String) -> [UInt8] {
        let text = Array(name.utf16).flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        let length = UInt8(text.count)
        return [UInt8](repeating: 0, count: 16) + [length, 0, 0, 0] + text
    }

    /// What a namespace server says about its links.
    func askForLinks() throws {
        let tree = try tree("dfs")
        let names = [
            "one", #"one\hello.txt"#, #"nested\deep"#, #"nested\deep\x"#, "nested", "nosuch",
            #"no\such"#, #"nested\nosuch"#, "ONE", "inter",
        ]
        for name in names {
            let path = #"\#(server)\dfs\"# + name
            var parameters = CreateParameters(name: path, access: .readAttributes)
            _ = try open("open \(name)", tree, parameters)
            parameters.disposition = .create
            parameters.access = .writeData
            _ = try open("create at \(name)", tree, parameters)
        }
        let paths = [
            #"\ns1\dfs"#, #"\ns1\dfs\one"#, #"\ns1\dfs\one\x"#, #"\ns1\dfs\nested\deep\x"#,
            #"\ns1\dfs\nested"#, #"\ns1\dfs\nosuch"#, #"\ns1\nosuch"#, #"\elsewhere\dfs"#, "",
            #"\ns1"#,
        ]
        for path in paths { try note("referral to “\(path)”", Self.referral(path, tree)) }
        try note("referral into a small buffer", Self.referral(#"\ns1\dfs\one"#, tree, room: 8))
    }

    /// What a server without a namespace says.
    func askForNoLinks() throws {
        let tree = try tree("data")
        try note("referral to the share", Self.referral(#"\fs1\data"#, tree))
        try note("referral to nothing", Self.referral("", tree))
    }

    /// REQ_GET_DFS_REFERRAL ([MS-DFSC] 2.2.2).
    private static func referral(
        _ path: String,
        _ tree: TreeNumber,
        room: UInt32 = 8_192
    ) -> Request {
        let text = Array((path + "\0").utf16).flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        return .referral(tree, [4, 0] + text, isExtended: false, outputMax: room)
    }
}

extension CreateParameters {
    static func made(
        _ name: String,
        _ disposition: CreateDisposition,
        _ options: CreateOptions = [],
        access: AccessMask = [.readData, .writeData],
        share: ShareAccess = .all
    ) -> CreateParameters {
        CreateParameters(
            name: name,
            access: access,
            share: share,
            disposition: disposition,
            options: options
        )
    }
}
