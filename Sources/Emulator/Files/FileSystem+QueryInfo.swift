package import Primitives
package import SMBWire

extension FileSystem {
    package mutating func queryInfo(
        _ ticket: FileTicket,
        _ request: QueryInfoRequest,
        at now: Instant,
        into effects: inout [FileEffect]
    ) {
        let (status, answer) = report(request)
        effects.append(.answered(ticket, status, answer))
    }

    /// [MS-SMB2] 3.3.5.20.
    private func report(_ request: QueryInfoRequest) -> (NTStatus, FileAnswer) {
        guard let open = index(of: request.fileID) else { return (.fileClosed, .nothing) }
        switch request.infoType {
        case .file: return fileReport(request, open)
        case .fileSystem: return volumeReport(request, open)
        case .security: return securityReport(request, open)
        case .quota: return (.notSupported, .nothing)
        }
    }

    private func fileReport(_ request: QueryInfoRequest, _ open: Int) -> (NTStatus, FileAnswer) {
        guard let information = FileInformation(rawValue: request.informationClass) else {
            return (.invalidInfoClass, .nothing)
        }
        guard information.neededAccess.isSubset(of: opens[open].access) else {
            return (.accessDenied, .nothing)
        }
        if information == .alternateName { return (.objectNameNotFound, .nothing) }
        let file = tree.nodes[opens[open].node]
        let report = FileReport(
            facts: file.facts,
            number: file.number,
            isDirectory: file.isDirectory,
            isDeletePending: file.isDeletePending,
            access: opens[open].access,
            position: opens[open].position,
            options: opens[open].options,
            path: "\\" + tree.path(of: opens[open].node)
        )
        return cut(report.encode(information), information.fixedBytes, request)
    }

    private func volumeReport(_ request: QueryInfoRequest, _ open: Int) -> (NTStatus, FileAnswer) {
        guard let information = VolumeInformation(rawValue: request.informationClass) else {
            return (.invalidInfoClass, .nothing)
        }
        let volume = volumes[tree.nodes[opens[open].node].share]
        return cut(volume.encode(information), information.fixedBytes, request)
    }

    /// What fits of it; the fixed part must.
    private func cut(
        _ bytes: [UInt8],
        _ fixedBytes: Int,
        _ request: QueryInfoRequest
    ) -> (NTStatus, FileAnswer) {
        let limit = Int(request.outputBufferLength)
        guard limit >= fixedBytes || limit >= bytes.count else {
            return (.infoLengthMismatch, .nothing)
        }
        guard bytes.count > limit else { return (.success, .buffer(bytes)) }
        return (.bufferOverflow, .buffer(Array(bytes.prefix(limit))))
    }

    private func securityReport(
        _ request: QueryInfoRequest,
        _ open: Int
    ) -> (NTStatus, FileAnswer) {
        guard opens[open].access.contains(.readControl) else { return (.accessDenied, .nothing) }
        let bytes = SecurityDescriptor.encode(parts: request.additionalInformation)
        guard bytes.count <= Int(request.outputBufferLength) else {
            var writer = ByteWriter()
            writer.uint32(UInt32(bytes.count))
            return (.bufferTooSmall, .buffer(writer.take()))
        }
        return (.success, .buffer(bytes))
    }
}
