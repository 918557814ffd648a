package import Primitives

/// The 64 bytes in front of every SMB2 message ([MS-SMB2] 2.2.1).
package struct Header: Hashable, Sendable {
    package static let size = 64
    package static let protocolID: UInt32 = 0x424D_53FE

    /// [MS-SMB2] 2.2.1.2 Flags.
    package struct Flags: OptionSet, Hashable, Sendable {
        package let rawValue: UInt32
        package init(rawValue: UInt32) { self.rawValue = rawValue }

        package static let serverToRedir = Flags(rawValue: 0x1)
        package static let asyncCommand = Flags(rawValue: 0x2)
        package static let relatedOperations = Flags(rawValue: 0x4)
        package static let signed = Flags(rawValue: 0x8)
        /// Three bits of 3.1.1; clients set them, servers echo them, nobody compares them.
        package static let priorityMask = Flags(rawValue: 0x70)
        package static let dfsOperations = Flags(rawValue: 0x1000_0000)
        package static let replayOperation = Flags(rawValue: 0x2000_0000)
    }

    package var creditCharge: UInt16 = 0
    /// Status of a response; in a request `channelSequence` lies here.
    package var status = NTStatus.success
    package var command: Command
    /// CreditRequest of a request, CreditResponse of a response.
    package var credits: UInt16 = 0
    package var flags: Flags = []
    /// Distance to the next message of a compound in bytes; 0 in the last one.
    package var nextCommand: UInt32 = 0
    package var messageID: MessageID
    /// The operation's id where `flags` has `asyncCommand`; it replaces process and tree id.
    package var asyncID = AsyncID(0)
    package var processID: UInt32 = 0
    package var treeID = TreeID.none
    package var sessionID = SMBSessionID.none
    package var signature = GUID.zero

    package init(command: Command, messageID: MessageID) {
        self.command = command
        self.messageID = messageID
    }

    /// ChannelSequence of a request of dialect 3: how often its connection was replaced.
    ///
    /// It shares its bytes with `status`, which a response has instead.
    package var channelSequence: UInt16 {
        get { UInt16(truncatingIfNeeded: status.rawValue) }
        set { status = NTStatus(rawValue: status.rawValue & 0xFFFF_0000 | UInt32(newValue)) }
    }

    /// The priority of 3.1.1, 0 to 7.
    package var priority: UInt8 {
        get { UInt8((flags.rawValue & Flags.priorityMask.rawValue) >> 4) }
        set {
            let others = flags.rawValue & ~Flags.priorityMask.rawValue
            flags = Flags(rawValue: others | UInt32(newValue & 7) << 4)
        }
    }

    package var isResponse: Bool { flags.contains(.serverToRedir) }
    package var isAsync: Bool { flags.contains(.asyncCommand) }

    package init(from reader: inout ByteReader) throws(WireError) {
        let words = try reader.eightWords()
        guard UInt32(truncatingIfNeeded: words[0]) == Self.protocolID else {
            throw .malformed(field: "ProtocolId")
        }
        guard UInt16(truncatingIfNeeded: words[0] >> 32) == 64 else {
            throw .malformed(field: "StructureSize")
        }
        creditCharge = UInt16(truncatingIfNeeded: words[0] >> 48)
        status = NTStatus(rawValue: UInt32(truncatingIfNeeded: words[1]))
        guard let command = Command(rawValue: UInt16(truncatingIfNeeded: words[1] >> 32)) else {
            throw .malformed(field: "Command")
        }
        self.command = command
        credits = UInt16(truncatingIfNeeded: words[1] >> 48)
        flags = Flags(rawValue: UInt32(truncatingIfNeeded: words[2]))
        nextCommand = UInt32(truncatingIfNeeded: words[2] >> 32)
        messageID = MessageID(words[3])
        if flags.contains(.asyncCommand) {
            asyncID = AsyncID(words[4])
        } else {
            processID = UInt32(truncatingIfNeeded: words[4])
            treeID = TreeID(UInt32(truncatingIfNeeded: words[4] >> 32))
        }
        sessionID = SMBSessionID(words[5])
        signature = GUID(high: words[6], low: words[7])
    }

    package func encode(into writer: inout ByteWriter) {
        let owner =
            isAsync
            ? asyncID.rawValue : UInt64(processID) | UInt64(treeID.rawValue) << 32
        let words: InlineArray<8, UInt64> = [
            UInt64(Self.protocolID) | 64 << 32 | UInt64(creditCharge) << 48,
            UInt64(status.rawValue) | UInt64(command.rawValue) << 32 | UInt64(credits) << 48,
            UInt64(flags.rawValue) | UInt64(nextCommand) << 32,
            messageID.rawValue,
            owner,
            sessionID.rawValue,
            signature.high,
            signature.low,
        ]
        writer.words(words.span)
    }
}

extension ByteReader {
    package mutating func guid() throws(WireError) -> GUID {
        let high = try uint64()
        return GUID(high: high, low: try uint64())
    }

    package mutating func fileID() throws(WireError) -> FileID {
        let persistent = try uint64()
        return FileID(persistent: persistent, volatile: try uint64())
    }
}

extension ByteWriter {
    package mutating func guid(_ value: GUID) {
        uint64(value.high)
        uint64(value.low)
    }

    package mutating func fileID(_ value: FileID) {
        uint64(value.persistent)
        uint64(value.volatile)
    }
}
