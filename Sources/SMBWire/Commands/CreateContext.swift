internal import Primitives

/// A lease in a create context, version 1 or 2 ([MS-SMB2] 2.2.13.2.8, 2.2.13.2.10).
package struct Lease: Hashable, Sendable {
    /// What dialect 3 adds.
    package struct Version2: Hashable, Sendable {
        package var parentKey: GUID?
        package var epoch: UInt16

        package init(parentKey: GUID?, epoch: UInt16) {
            self.parentKey = parentKey
            self.epoch = epoch
        }
    }

    package var key: GUID
    package var state: LeaseState
    /// SMB2_LEASE_FLAG_BREAK_IN_PROGRESS; responses only.
    package var isBreaking: Bool
    package var version2: Version2?

    package init(key: GUID, state: LeaseState, isBreaking: Bool = false, version2: Version2?) {
        self.key = key
        self.state = state
        self.isBreaking = isBreaking
        self.version2 = version2
    }
}

/// A create context ([MS-SMB2] 2.2.13.2, 2.2.14.2).
///
/// Requests and responses use the same names with different data, so decoding is told which it is.
package enum CreateContext: Hashable, Sendable {
    case lease(Lease)
    case durableRequest
    case durableGranted
    case durableReconnect(FileID)
    /// Timeout in milliseconds, 0 for the server's own.
    case durableRequestV2(timeoutMilliseconds: UInt32, flags: UInt32, createGUID: GUID)
    case durableGrantedV2(timeoutMilliseconds: UInt32, flags: UInt32)
    case durableReconnectV2(FileID, createGUID: GUID, flags: UInt32)
    case queryOnDiskID
    case onDiskID(file: UInt64, volume: UInt64)
    case queryMaximalAccess
    case maximalAccess(status: NTStatus, access: AccessMask)
    case allocationSize(UInt64)
    case other(name: [UInt8], data: [UInt8])

    static func list(
        from reader: ByteReader,
        isResponse: Bool
    ) throws(WireError) -> [CreateContext] {
        var contexts: [CreateContext] = []
        var rest = reader
        while rest.remaining > 0 {
            let count = rest.remaining
            let next = Int(try rest.uint32())
            let nameOffset = Int(try rest.uint16())
            let nameLength = Int(try rest.uint16())
            try rest.skip(2)
            let dataOffset = Int(try rest.uint16())
            let dataLength = Int(try rest.uint32())
            guard nameLength >= 4 else { throw .malformed(field: "NameLength") }
            var name = try rest.slice(at: nameOffset, count: nameLength)
            var data = try rest.slice(
                at: dataLength == 0 ? 0 : dataOffset,
                count: dataLength
            )
            contexts.append(try decode(name.rest(), &data, isResponse: isResponse))
            guard next != 0 else { break }
            guard next % 8 == 0, next >= 16, next <= count else {
                throw .malformed(field: "Next")
            }
            rest = try rest.slice(at: next, count: count - next)
        }
        return contexts
    }

    private static func decode(
        _ name: [UInt8],
        _ data: inout ByteReader,
        isResponse: Bool
    ) throws(WireError) -> CreateContext {
        switch (String(decoding: name, as: UTF8.self), isResponse) {
        case ("RqLs", _): return .lease(try Lease(from: &data))
        case ("DHnQ", false): return .durableRequest
        case ("DHnQ", true): return .durableGranted
        case ("DHnC", false): return .durableReconnect(try data.fileID())
        case ("DH2Q", false):
            let timeout = try data.uint32()
            let flags = try data.uint32()
            try data.skip(8)
            return .durableRequestV2(
                timeoutMilliseconds: timeout,
                flags: flags,
                createGUID: try data.guid()
            )
        case ("DH2Q", true):
            let timeout = try data.uint32()
            return .durableGrantedV2(timeoutMilliseconds: timeout, flags: try data.uint32())
        case ("DH2C", false):
            let file = try data.fileID()
            let guid = try data.guid()
            return .durableReconnectV2(file, createGUID: guid, flags: try data.uint32())
        case ("QFid", false): return .queryOnDiskID
        case ("QFid", true):
            let file = try data.uint64()
            return .onDiskID(file: file, volume: try data.uint64())
        case ("MxAc", false) where data.remaining == 0: return .queryMaximalAccess
        case ("MxAc", true):
            let status = NTStatus(rawValue: try data.uint32())
            let access = AccessMask(rawValue: try data.uint32())
            return .maximalAccess(status: status, access: access)
        case ("AlSi", false): return .allocationSize(try data.uint64())
        default: return .other(name: name, data: data.rest())
        }
    }

    static func encode(_ contexts: [CreateContext], into writer: inout ByteWriter) {
        for (index, context) in contexts.enumerated() {
            let start = writer.offset
            let name = context.name
            var data = ByteWriter(reserving: 64)
            context.encodeData(into: &data)
            writer.uint32(0)
            writer.uint16(16)
            writer.uint16(UInt16(name.count))
            writer.uint16(0)
            let dataStart = (16 + name.count + 7) / 8 * 8
            writer.uint16(data.bytes.isEmpty ? 0 : UInt16(dataStart))
            writer.uint32(UInt32(data.bytes.count))
            writer.append(name)
            if !data.bytes.isEmpty { writer.align(to: 8) }
            writer.append(data.bytes)
            guard index + 1 < contexts.count else { break }
            writer.align(to: 8)
            writer.patch(uint32: UInt32(writer.offset - start), at: start)
        }
    }

    private var name: [UInt8] {
        switch self {
        case .lease: Array("RqLs".utf8)
        case .durableRequest, .durableGranted: Array("DHnQ".utf8)
        case .durableReconnect: Array("DHnC".utf8)
        case .durableRequestV2, .durableGrantedV2: Array("DH2Q".utf8)
        case .durableReconnectV2: Array("DH2C".utf8)
        case .queryOnDiskID, .onDiskID: Array("QFid".utf8)
        case .queryMaximalAccess, .maximalAccess: Array("MxAc".utf8)
        case .allocationSize: Array("AlSi".utf8)
        case .other(let name, _): name
        }
    }

    private func encodeData(into writer: inout ByteWriter) {
        switch self {
        case .lease(let lease): lease.encode(into: &writer)
        case .durableRequest: writer.zeros(16)
        case .durableGranted: writer.zeros(8)
        case .durableReconnect(let file): writer.fileID(file)
        case .durableRequestV2(let timeout, let flags, let guid):
            writer.uint32(timeout)
            writer.uint32(flags)
            writer.zeros(8)
            writer.guid(guid)
        case .durableGrantedV2(let timeout, let flags):
            writer.uint32(timeout)
            writer.uint32(flags)
        case .durableReconnectV2(let file, let guid, let flags):
            writer.fileID(file)
            writer.guid(guid)
            writer.uint32(flags)
        case .queryOnDiskID, .queryMaximalAccess: break
        case .onDiskID(let file, let volume):
            writer.uint64(file)
            writer.uint64(volume)
            writer.zeros(16)
        case .maximalAccess(let status, let access):
            writer.uint32(status.rawValue)
            writer.uint32(access.rawValue)
        case .allocationSize(let size): writer.uint64(size)
        case .other(_, let data): writer.append(data)
        }
    }
}

extension Lease {
    init(from reader: inout ByteReader) throws(WireError) {
        let length = reader.remaining
        guard length == 32 || length == 52 else { throw .malformed(field: "lease DataLength") }
        key = try reader.guid()
        state = LeaseState(rawValue: try reader.uint32())
        let flags = try reader.uint32()
        isBreaking = flags & 2 != 0
        try reader.skip(8)
        version2 = nil
        if length == 52 {
            let parent = try reader.guid()
            let epoch = try reader.uint16()
            version2 = Version2(parentKey: flags & 4 != 0 ? parent : nil, epoch: epoch)
        }
    }

    func encode(into writer: inout ByteWriter) {
        let hasParent = version2?.parentKey != nil
        writer.guid(key)
        writer.uint32(state.rawValue)
        writer.uint32((isBreaking ? 2 : 0) | (hasParent ? 4 : 0))
        writer.uint64(0)
        guard let version2 else { return }
        writer.guid(version2.parentKey ?? .zero)
        writer.uint16(version2.epoch)
        writer.uint16(0)
    }
}
