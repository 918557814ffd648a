package import Primitives

/// The six messages of OPLOCK_BREAK ([MS-SMB2] 2.2.23 to 2.2.25); their StructureSize tells the
/// form: 24 an oplock, 44 a lease notification, 36 a lease acknowledgement or its response.
package enum OplockBreak: MessageBody {
    package static let command = Command.oplockBreak

    /// Notification, acknowledgement and response are alike.
    case oplock(level: OplockLevel, fileID: FileID)
    case leaseNotification(LeaseBreakNotification)
    case leaseAcknowledgement(key: GUID, state: LeaseState)

    package init(from reader: inout ByteReader) throws(WireError) {
        switch try reader.uint16() {
        case 24:
            let level = OplockLevel(rawValue: try reader.uint8())
            try reader.skip(5)
            self = .oplock(level: level, fileID: try reader.fileID())
        case 36:
            try reader.skip(6)
            let key = try reader.guid()
            let state = LeaseState(rawValue: try reader.uint32())
            try reader.skip(8)
            self = .leaseAcknowledgement(key: key, state: state)
        case 44: self = .leaseNotification(try LeaseBreakNotification(from: &reader))
        default: throw .malformed(field: "StructureSize")
        }
    }

    package func encode(into writer: inout ByteWriter) {
        switch self {
        case .oplock(let level, let fileID):
            writer.uint16(24)
            writer.uint8(level.rawValue)
            writer.zeros(5)
            writer.fileID(fileID)
        case .leaseAcknowledgement(let key, let state):
            writer.uint16(36)
            writer.zeros(6)
            writer.guid(key)
            writer.uint32(state.rawValue)
            writer.uint64(0)
        case .leaseNotification(let notification):
            writer.uint16(44)
            notification.encode(into: &writer)
        }
    }
}

/// A lease is to shrink ([MS-SMB2] 2.2.23.2).
package struct LeaseBreakNotification: Hashable, Sendable {
    package var newEpoch: UInt16
    package var requiresAcknowledgement: Bool
    package var key: GUID
    package var currentState: LeaseState
    package var newState: LeaseState

    package init(
        newEpoch: UInt16,
        requiresAcknowledgement: Bool,
        key: GUID,
        currentState: LeaseState,
        newState: LeaseState
    ) {
        self.newEpoch = newEpoch
        self.requiresAcknowledgement = requiresAcknowledgement
        self.key = key
        self.currentState = currentState
        self.newState = newState
    }

    init(from reader: inout ByteReader) throws(WireError) {
        newEpoch = try reader.uint16()
        requiresAcknowledgement = try reader.uint32() & 1 != 0
        key = try reader.guid()
        currentState = LeaseState(rawValue: try reader.uint32())
        newState = LeaseState(rawValue: try reader.uint32())
        try reader.skip(12)
    }

    func encode(into writer: inout ByteWriter) {
        writer.uint16(newEpoch)
        writer.uint32(requiresAcknowledgement ? 1 : 0)
        writer.guid(key)
        writer.uint32(currentState.rawValue)
        writer.uint32(newState.rawValue)
        writer.zeros(12)
    }
}
