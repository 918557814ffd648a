package import Primitives

/// A control code of [MS-FSCC] 2.3 or [MS-SMB2] 2.2.31.
package struct ControlCode: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    package static let dfsGetReferrals = ControlCode(rawValue: 0x0006_0194)
    package static let dfsGetReferralsEx = ControlCode(rawValue: 0x0006_01B0)
    package static let validateNegotiateInfo = ControlCode(rawValue: 0x0014_0204)
    package static let pipeWait = ControlCode(rawValue: 0x0011_0018)
    package static let pipePeek = ControlCode(rawValue: 0x0011_400C)
    package static let pipeTransceive = ControlCode(rawValue: 0x0011_C017)
    package static let queryNetworkInterfaceInfo = ControlCode(rawValue: 0x0014_01FC)
    package static let lmrRequestResiliency = ControlCode(rawValue: 0x0014_01D4)
    package static let srvRequestResumeKey = ControlCode(rawValue: 0x0014_0078)
    package static let srvEnumerateSnapshots = ControlCode(rawValue: 0x0014_4064)
    package static let srvCopychunk = ControlCode(rawValue: 0x0014_40F2)
    package static let srvCopychunkWrite = ControlCode(rawValue: 0x0014_80F2)
    package static let setReparsePoint = ControlCode(rawValue: 0x0009_00A4)
    package static let getReparsePoint = ControlCode(rawValue: 0x0009_00A8)
    package static let deleteReparsePoint = ControlCode(rawValue: 0x0009_00AC)

    /// Whether the FileId must be all ones: the server is meant, no open ([MS-SMB2] 3.3.5.15).
    package var concernsServer: Bool {
        switch self {
        case .dfsGetReferrals, .dfsGetReferralsEx, .queryNetworkInterfaceInfo,
            .validateNegotiateInfo, .pipeWait:
            true
        default: false
        }
    }
}

/// IOCTL request ([MS-SMB2] 2.2.31).
package struct IoctlRequest: MessageBody {
    package static let command = Command.ioctl

    package var code: ControlCode
    package var fileID: FileID
    package var input: [UInt8]
    package var maxInputResponse: UInt32
    package var maxOutputResponse: UInt32
    /// SMB2_0_IOCTL_IS_FSCTL.
    package var isFsctl: Bool

    package init(
        code: ControlCode,
        fileID: FileID = .related,
        input: [UInt8],
        maxInputResponse: UInt32 = 0,
        maxOutputResponse: UInt32,
        isFsctl: Bool = true
    ) {
        self.code = code
        self.fileID = fileID
        self.input = input
        self.maxInputResponse = maxInputResponse
        self.maxOutputResponse = maxOutputResponse
        self.isFsctl = isFsctl
    }

    package init(from reader: inout ByteReader) throws(WireError) {
        try reader.structureSize(57)
        try reader.skip(2)
        code = ControlCode(rawValue: try reader.uint32())
        fileID = try reader.fileID()
        let offset = try reader.uint32()
        let count = try reader.uint32()
        maxInputResponse = try reader.uint32()
        try reader.skip(8)
        maxOutputResponse = try reader.uint32()
        isFsctl = try reader.uint32() == 1
        try reader.skip(4)
        var buffer = try reader.buffer(offset: offset, count: count)
        input = buffer.rest()
    }

    package func encode(into writer: inout ByteWriter) {
        writer.uint16(57)
        writer.uint16(0)
        writer.uint32(code.rawValue)
        writer.fileID(fileID)
        writer.uint32(120)
        writer.uint32(UInt32(input.count))
        writer.uint32(maxInputResponse)
        writer.uint32(0)
        writer.uint32(0)
        writer.uint32(maxOutputResponse)
        writer.uint32(isFsctl ? 1 : 0)
        writer.uint32(0)
        if input.isEmpty { writer.uint8(0) } else { writer.append(input) }
    }
}

/// IOCTL response ([MS-SMB2] 2.2.32).
package struct IoctlResponse: MessageBody {
    package static let command = Command.ioctl

    package var code: ControlCode
    package var fileID: FileID
    package var output: [UInt8]

    package init(code: ControlCode, fileID: FileID, output: [UInt8]) {
        self.code = code
        self.fileID = fileID
        self.output = output
    }

    package init(from reader: inout ByteReader) throws(WireError) {
        try reader.structureSize(49)
        try reader.skip(2)
        code = ControlCode(rawValue: try reader.uint32())
        fileID = try reader.fileID()
        try reader.skip(8)
        let offset = try reader.uint32()
        let count = try reader.uint32()
        try reader.skip(8)
        var buffer = try reader.buffer(offset: offset, count: count)
        output = buffer.rest()
    }

    package func encode(into writer: inout ByteWriter) {
        writer.uint16(49)
        writer.uint16(0)
        writer.uint32(code.rawValue)
        writer.fileID(fileID)
        writer.uint32(112)
        writer.uint32(0)
        writer.uint32(112)
        writer.uint32(UInt32(output.count))
        writer.uint32(0)
        writer.uint32(0)
        writer.append(output)
    }
}
