import Primitives
package import Redirector

extension Conversation {
    package struct Place {
        package let connection: ConnectionNumber
        package let session: SMBSessionNumber
        package let tree: TreeNumber
    }

    /// Connects, logs on and reaches a share.
    package func reach(
        _ share: String,
        of server: String,
        user: Int = 0,
        on known: ConnectionNumber? = nil
    ) throws -> Place {
        let connection = try known ?? connect(server)
        let logon = try ask(.logon(connection, user: user))
        guard case .smbSession(let session) = logon.result else {
            throw Broken(sentence: logon.sentence ?? "")
        }
        let path = UNCPath(components: [server, share])
        let reached = try ask(.treeConnect(session, share: path))
        guard case .tree(let tree, _) = reached.result else {
            throw Broken(sentence: reached.sentence ?? "")
        }
        return Place(connection: connection, session: session, tree: tree)
    }

    private func connect(_ server: String) throws -> ConnectionNumber {
        let answer = try ask(.connect(server: server))
        guard case .connection(let number) = answer.result else {
            throw Broken(sentence: answer.sentence ?? "")
        }
        return number
    }

    package func open(_ parameters: CreateParameters, _ place: Place) throws -> OpenNumber {
        let answer = try ask(.create(place.tree, parameters))
        guard case .open(let open, _) = answer.result else {
            throw Broken(sentence: answer.sentence ?? "")
        }
        return open
    }
}
