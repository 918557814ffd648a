package import Primitives
package import SMBWire

extension FileSystem {
    package mutating func queryDirectory(
        _ ticket: FileTicket,
        _ request: QueryDirectoryRequest,
        at now: Instant,
        into effects: inout [FileEffect]
    ) {
        let (status, answer) = list(request)
        effects.append(.answered(ticket, status, answer))
    }

    /// [MS-SMB2] 3.3.5.18, [MS-FSA] 2.1.5.6.3.
    private mutating func list(_ request: QueryDirectoryRequest) -> (NTStatus, FileAnswer) {
        guard let open = index(of: request.fileID) else { return (.fileClosed, .nothing) }
        let node = opens[open].node
        guard tree.nodes[node].isDirectory else { return (.invalidParameter, .nothing) }
        guard let information = DirectoryInformation(rawValue: request.informationClass) else {
            return (.invalidInfoClass, .nothing)
        }
        guard opens[open].access.contains(.readData) else { return (.accessDenied, .nothing) }
        guard Int(request.outputBufferLength) >= information.fixedBytes else {
            return (.infoLengthMismatch, .nothing)
        }
        // [MS-FSA] 2.1.5.6.3: a restarted scan is not the first query, even with a new pattern.
        let isFirst = opens[open].scan == nil || request.flags.contains(.reopen)
        var scan = begin(request, on: open)
        let (bytes, isTooLong) = fill(request, information, node, &scan)
        opens[open].scan = scan
        if !bytes.isEmpty { return (.success, .buffer(bytes)) }
        if isTooLong { return (.bufferOverflow, .buffer([])) }
        return (isFirst ? .noSuchFile : .noMoreFiles, .nothing)
    }

    /// The first query of an open says what is looked for, and each one that reopens.
    private func begin(_ request: QueryDirectoryRequest, on open: Int) -> DirectoryScan {
        guard var scan = opens[open].scan, !request.flags.contains(.reopen) else {
            return DirectoryScan(pattern: NamePattern(request.pattern))
        }
        if request.flags.contains(.restartScans) {
            scan.position = .start
            if !request.pattern.isEmpty { scan.pattern = NamePattern(request.pattern) }
        }
        return scan
    }

    /// As many entries as fit; whether there was one but too long for an empty buffer.
    private func fill(
        _ request: QueryDirectoryRequest,
        _ information: DirectoryInformation,
        _ directory: Int,
        _ scan: inout DirectoryScan
    ) -> (bytes: [UInt8], isTooLong: Bool) {
        let limit = Int(request.outputBufferLength)
        var writer = ByteWriter(reserving: min(limit, 65_536))
        var next = scan
        var place: Int?
        while let (name, node) = advance(&next, &place, in: directory) {
            let start = (writer.count + 7) / 8 * 8
            guard start + information.fixedBytes + name.utf16.count * 2 <= limit else {
                let isTooLong = writer.count == 0
                return (writer.take(), isTooLong)
            }
            if start > 0 {
                writer.align(to: 8)
                writer.patch(uint32: UInt32(writer.offset), at: 0)
                writer.beginMessage()
            }
            let (facts, number) = (tree.nodes[node].facts, tree.nodes[node].number)
            information.encode(name, facts, number: number, into: &writer)
            scan = next
            if request.flags.contains(.returnSingleEntry) { break }
        }
        return (writer.take(), false)
    }

    /// The next entry that fits the pattern, in the order of names, `.` and `..` first.
    ///
    /// `place` is that of the next name in the directory, as long as one request takes: from one
    /// to the next the directory may have changed, and the scan goes on behind the last name.
    private func advance(
        _ scan: inout DirectoryScan,
        _ place: inout Int?,
        in directory: Int
    ) -> (String, Int)? {
        while true {
            switch scan.position {
            case .start:
                scan.position = .afterDot
                if scan.pattern.matches(".") { return (".", directory) }
            case .afterDot:
                scan.position = .afterDotDot
                if scan.pattern.matches("..") {
                    return ("..", tree.nodes[directory].parent ?? directory)
                }
            case .afterDotDot, .after:
                let children = tree.nodes[directory].children
                var next = place ?? children.place(after: scan.lastKey)
                while next < children.count, !scan.pattern.matches(children.key(at: next)) {
                    next += 1
                }
                place = next + 1
                guard next < children.count else { return nil }
                scan.position = .after(children.key(at: next))
                let node = children.node(at: next)
                return (tree.nodes[node].name, node)
            }
        }
    }
}
