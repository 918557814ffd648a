package import Primitives
package import SMBWire

extension FileSystem {
    package mutating func flush(
        _ ticket: FileTicket,
        _ request: FlushRequest,
        at now: Instant,
        into effects: inout [FileEffect]
    ) {
        let status: NTStatus
        if let open = index(of: request.fileID) {
            let mayWrite = !opens[open].access.isDisjoint(with: .anyWriting)
            status = mayWrite ? .success : .accessDenied
        } else {
            status = .fileClosed
        }
        effects.append(.answered(ticket, status, .nothing))
    }

    package mutating func read(
        _ ticket: FileTicket,
        _ request: ReadRequest,
        at now: Instant,
        into effects: inout [FileEffect]
    ) {
        guard let open = index(of: request.fileID) else {
            effects.append(.answered(ticket, .fileClosed, .nothing))
            return
        }
        if let flaw = flaw(of: request, on: open) {
            effects.append(.answered(ticket, flaw, .nothing))
            return
        }
        let node = opens[open].node
        let bytes = tree.nodes[node].content.read(
            at: request.offset,
            count: Int(request.length)
        )
        let isShort = bytes.count < Int(request.minimumCount)
        guard !isShort, !bytes.isEmpty || request.length == 0 else {
            effects.append(.answered(ticket, .endOfFile, .nothing))
            return
        }
        opens[open].position = request.offset + UInt64(bytes.count)
        effects.append(.answered(ticket, .success, .read(bytes)))
    }

    /// [MS-SMB2] 3.3.5.12, [MS-FSA] 2.1.5.3.
    private func flaw(of request: ReadRequest, on open: Int) -> NTStatus? {
        let node = opens[open].node
        guard !tree.nodes[node].isDirectory else { return .invalidDeviceRequest }
        guard !opens[open].access.isDisjoint(with: .anyReading) else {
            return .accessDenied
        }
        let count = UInt64(request.length)
        let offsetMax = UInt64(Int64.max)
        guard request.offset <= offsetMax, count <= offsetMax - request.offset else {
            return .invalidParameter
        }
        let isFree = tree.nodes[node].locks.allowRead(
            by: open,
            offset: request.offset,
            count: count
        )
        return isFree ? nil : .fileLockConflict
    }

    package mutating func write(
        _ ticket: FileTicket,
        _ request: WriteRequest,
        at now: Instant,
        into effects: inout [FileEffect]
    ) {
        guard let open = index(of: request.fileID) else {
            effects.append(.answered(ticket, .fileClosed, .nothing))
            return
        }
        if let flaw = flaw(of: request, on: open) {
            effects.append(.answered(ticket, flaw, .nothing))
            return
        }
        let answer = FileAnswer.written(UInt32(request.data.count))
        guard !request.data.isEmpty else {
            effects.append(.answered(ticket, .success, answer))
            return
        }
        let node = opens[open].node
        loseReaders(of: node, to: open, at: now, into: &effects)
        let oldEnd = tree.nodes[node].content.endOfFile
        tree.nodes[node].content.write(request.data, at: request.offset)
        opens[open].position = request.offset + UInt64(request.data.count)
        let hasGrown = tree.nodes[node].content.endOfFile != oldEnd
        written(node, by: open, hasNewSize: hasGrown, at: now, into: &effects)
        effects.append(.answered(ticket, .success, answer))
    }

    /// [MS-SMB2] 3.3.5.13, [MS-FSA] 2.1.5.4.
    private func flaw(of request: WriteRequest, on open: Int) -> NTStatus? {
        let node = opens[open].node
        guard !tree.nodes[node].isDirectory else { return .invalidDeviceRequest }
        let access = opens[open].access
        guard !access.isDisjoint(with: .anyWriting) else { return .accessDenied }
        let count = UInt64(request.data.count)
        let (end, overflows) = request.offset.addingReportingOverflow(count)
        guard request.offset <= UInt64(Int64.max), !overflows else { return .invalidParameter }
        if count > 0, let flaw = Self.flaw(ofSize: end) { return flaw }
        guard access.contains(.writeData) || request.offset >= tree.nodes[node].endOfFile else {
            return .accessDenied
        }
        let isFree = tree.nodes[node].locks.allowWrite(
            by: open,
            offset: request.offset,
            count: count
        )
        return isFree ? nil : .fileLockConflict
    }

    /// Why no file can have that size: nobody's may, or this volume has no room for it.
    static func flaw(ofSize size: UInt64) -> NTStatus? {
        if size > FileContent.endMax { return .invalidParameter }
        return size > Volume.bytesFree ? .diskFull : nil
    }

    /// Data changes, or a range is locked: nobody else may go on reading from a cache.
    ///
    /// Those who do are told; they are not waited for ([MS-FSA] 2.1.4.12).
    mutating func loseReaders(
        of node: Int,
        to open: Int,
        at now: Instant,
        into effects: inout [FileEffect]
    ) {
        guard !tree.nodes[node].rights.isEmpty else { return }
        let contention = Contention(
            lost: [.readCaching, .writeCaching, .handleCaching],
            waitsFor: [],
            asker: asker(open),
            breaksOwnLevelII: true
        )
        _ = contend(contention, for: node, at: now, into: &effects)
    }

    /// Times, attributes and watchers after the data of a file changed.
    mutating func written(
        _ node: Int,
        by open: Int,
        hasNewSize: Bool,
        at now: Instant,
        into effects: inout [FileEffect]
    ) {
        opens[open].hasWritten = true
        if !opens[open].keepsWriteTime { tree.nodes[node].times.lastWrite = time(now) }
        if !opens[open].keepsChangeTime { tree.nodes[node].times.change = time(now) }
        tree.nodes[node].attributes.insert(.archive)
        noteModified(node, as: hasNewSize ? .sizeAndLastWrite : .lastWrite, &effects)
    }
}
