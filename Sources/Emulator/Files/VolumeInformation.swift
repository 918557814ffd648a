internal import Primitives
internal import SMBWire

/// The file-system classes of QUERY_INFO ([MS-FSCC] 2.5).
enum VolumeInformation: UInt8, Hashable, Sendable {
    case volume = 1
    case size = 3
    case device = 4
    case attribute = 5
    case fullSize = 7
    case objectID = 8
    case sectorSize = 11

    /// Bytes of the part that must fit, else STATUS_INFO_LENGTH_MISMATCH.
    var fixedBytes: Int {
        switch self {
        // Windows wants the whole structure, with its first character and padding.
        case .volume: 24
        case .size: 24
        case .device: 8
        case .attribute: 16
        case .fullSize: 32
        case .objectID: 64
        case .sectorSize: 28
        }
    }
}

/// What a share's volume tells of itself: a terabyte, half of it free, whatever lies in it.
struct Volume: Hashable, Sendable {
    var label: String
    /// Also what QFid and FileFsVolumeInformation tell apart volumes by.
    var serial: UInt64
    /// FILETIME.
    var creationTime: UInt64
    var isReadOnly: Bool

    /// Units of 4,096 bytes.
    private static let unitsTotal: UInt64 = 1 << 28
    /// What one file may take.
    static let bytesFree = unitsTotal / 2 * FileNode.clusterBytes
    private static let bytesPerSector: UInt32 = 512

    func encode(_ information: VolumeInformation) -> [UInt8] {
        var writer = ByteWriter()
        switch information {
        case .volume:
            writer.uint64(creationTime)
            writer.uint32(UInt32(truncatingIfNeeded: serial))
            writer.uint32(UInt32(label.utf16.count * 2))
            writer.uint16(0)
            writer.utf16(label)
        case .size:
            writer.uint64(Self.unitsTotal)
            writer.uint64(Self.unitsTotal / 2)
            units(into: &writer)
        case .device:
            // FILE_DEVICE_DISK; a remote device, perhaps read-only.
            writer.uint32(7)
            writer.uint32(isReadOnly ? 0x22 : 0x20)
        case .attribute:
            // Case kept, Unicode on disk; names up to 255 units.
            writer.uint32(0x6 | (isReadOnly ? 0x8_0000 : 0))
            writer.uint32(UInt32(FileName.componentMax))
            writer.uint32(8)
            writer.utf16("NTFS")
        case .fullSize:
            writer.uint64(Self.unitsTotal)
            writer.uint64(Self.unitsTotal / 2)
            writer.uint64(Self.unitsTotal / 2)
            units(into: &writer)
        case .objectID:
            writer.uint64(serial)
            writer.zeros(56)
        case .sectorSize:
            for _ in 0..<4 { writer.uint32(Self.bytesPerSector) }
            // Aligned device, no seek penalty known; offsets 0.
            writer.uint32(1)
            writer.uint64(0)
        }
        return writer.take()
    }

    private func units(into writer: inout ByteWriter) {
        writer.uint32(UInt32(FileNode.clusterBytes) / Self.bytesPerSector)
        writer.uint32(Self.bytesPerSector)
    }
}

/// The security descriptor of everything: owned by the administrators, Everyone may do all
/// ([MS-DTYP] 2.4.6).
enum SecurityDescriptor {
    /// The parts that `AdditionalInformation` names: 1 owner, 2 group, 4 DACL, 8 SACL.
    static func encode(parts: UInt32) -> [UInt8] {
        var writer = ByteWriter()
        let hasDACL = parts & 4 != 0
        writer.uint8(1)
        writer.uint8(0)
        // SE_SELF_RELATIVE, SE_DACL_PRESENT.
        writer.uint16(0x8000 | (hasDACL ? 4 : 0))
        writer.zeros(16)
        if parts & 1 != 0 {
            writer.patch(uint32: UInt32(writer.offset), at: 4)
            administrators(into: &writer)
        }
        if parts & 2 != 0 {
            writer.patch(uint32: UInt32(writer.offset), at: 8)
            administrators(into: &writer)
        }
        if hasDACL {
            writer.patch(uint32: UInt32(writer.offset), at: 16)
            everyoneMayAll(into: &writer)
        }
        return writer.take()
    }

    /// S-1-5-32-544.
    private static func administrators(into writer: inout ByteWriter) {
        writer.append([1, 2, 0, 0, 0, 0, 0, 5])
        writer.uint32(32)
        writer.uint32(544)
    }

    /// An ACL of one ACCESS_ALLOWED_ACE for S-1-1-0, inherited by files and directories.
    private static func everyoneMayAll(into writer: inout ByteWriter) {
        writer.uint16(2)
        writer.uint16(28)
        writer.uint32(1)
        writer.append([0, 3])
        writer.uint16(20)
        writer.uint32(AccessMask.all.rawValue)
        writer.append([1, 1, 0, 0, 0, 0, 0, 1])
        writer.uint32(0)
    }
}
