import Dfs
import Emulator
import Primitives
import SMBWire

/// Sends referral requests as the suite does.
struct DFSCClient {
    var plan = DFSCEnvironment.plan()

    /// The suite's four forms of a request.
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
    ) -> (status: NTStatus, output: [UInt8]) {
        let site = form == .extendedWithSite ? DFSCEnvironment.site : nil
        let request = ReferralRequest(maxReferralLevel: version, path: path, siteName: site)
        let isExtended = form != .plain
        let service = NamespaceService(plan, server: plan.index(ofServer: server) ?? 0)
        let reply = service.referral(
            isExtended ? request.extendedBytes : request.bytes,
            isExtended: isExtended,
            outputMax: 4_096
        )
        switch reply {
        case .bytes(let output): return (.success, output)
        case .refused(let status): return (status, [])
        }
    }

    func askController(
        version: UInt16,
        _ path: String,
        _ form: Form = .plain
    ) -> (status: NTStatus, output: [UInt8]) {
        ask(DFSCEnvironment.controller, version: version, path, form)
    }

    func askDfsServer(
        version: UInt16,
        _ path: String,
        _ form: Form = .plain
    ) -> (status: NTStatus, output: [UInt8]) {
        ask(DFSCEnvironment.dfsServer, version: version, path, form)
    }
}
