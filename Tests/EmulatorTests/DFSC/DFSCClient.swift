import Dfs
import Emulator
import Primitives
import Redirector
import SMBWire

/// Sends referral requests as the suite does: NEGOTIATE, SESSION_SETUP, TREE_CONNECT to IPC$, and
/// IOCTL, all as SMB2 messages.
struct DFSCClient {
    var plan = DFSCEnvironment.plan()

    /// The suite's forms of a request.
    enum Form {
        case plain
        case extended
        case extendedWithSite
    }

    /// The status, and the output buffer on success.
    func ask(
        _ server: String,
        version: UInt16,
        _ path: String,
        _ form: Form = .plain
    ) throws -> (status: NTStatus, output: [UInt8]) {
        let site = form == .extendedWithSite ? DFSCEnvironment.site : nil
        let request = ReferralRequest(maxReferralLevel: version, path: path, siteName: site)
        let isExtended = form != .plain
        var wire = EmulatedWire(plan)
        let tree = try wire.reach(server, share: "IPC$")
        let input = isExtended ? request.extendedBytes : request.bytes
        let answer = try wire.ask(
            .referral(tree, input, isExtended: isExtended, outputMax: 4_096)
        )
        guard case .bytes(let output) = answer.result else { return (answer.status, []) }
        return (answer.status, Array(output))
    }

    func askController(
        version: UInt16,
        _ path: String,
        _ form: Form = .plain
    ) throws -> (status: NTStatus, output: [UInt8]) {
        try ask(DFSCEnvironment.controller, version: version, path, form)
    }

    func askDfsServer(
        version: UInt16,
        _ path: String,
        _ form: Form = .plain
    ) throws -> (status: NTStatus, output: [UInt8]) {
        try ask(DFSCEnvironment.dfsServer, version: version, path, form)
    }

    /// A CREATE of a new file on the stand-alone root's share, by its Dfs name.
    func create(_ name: String) throws -> NTStatus {
        var wire = EmulatedWire(plan)
        let tree = try wire.reach(DFSCEnvironment.dfsServer, share: "Standalone")
        let parameters = CreateParameters(
            name: name,
            access: [.readData, .writeData],
            disposition: .openIf,
            options: .nonDirectoryFile
        )
        return try wire.ask(.create(tree, parameters)).status
    }
}
