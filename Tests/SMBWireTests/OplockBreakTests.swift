import Primitives
import SMBWire
import Testing

@Suite struct OplockBreakTests {
    @Test func `a captured lease break has its fields`() throws {
        let lease: OplockBreak = try body(of: VectorFile.capture("lease311_alice", 10))
        let key: UInt64 = 0xA1A1_A1A1_A1A1_A1A1
        #expect(
            lease
                == .leaseNotification(
                    LeaseBreakNotification(
                        newEpoch: 2,
                        requiresAcknowledgement: true,
                        key: GUID(high: key, low: key),
                        currentState: [.readCaching, .handleCaching, .writeCaching],
                        newState: [.readCaching, .handleCaching]
                    )
                )
        )
    }

    @Test(arguments: [0, 23, 25, 35, 37, 43, 45] as [UInt16])
    func `another StructureSize is refused`(_ size: UInt16) {
        var writer = ByteWriter()
        Header(command: .oplockBreak, messageID: .unsolicited).encode(into: &writer)
        writer.uint16(size)
        writer.zeros(60)
        #expect(throws: WireError.malformed(field: "StructureSize")) {
            try body(of: writer.bytes) as OplockBreak
        }
    }

    @Test(arguments: UInt64(0)..<100) func `what is encoded is decoded`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let level = OplockLevel(rawValue: random.value())
        let oplock = OplockBreak.oplock(level: level, fileID: random.fileID())
        #expect(try recoded(oplock) == oplock)
        let acknowledgement = OplockBreak.leaseAcknowledgement(
            key: random.guid(),
            state: LeaseState(rawValue: random.value())
        )
        #expect(try recoded(acknowledgement) == acknowledgement)
        let notification = OplockBreak.leaseNotification(
            LeaseBreakNotification(
                newEpoch: random.value(),
                requiresAcknowledgement: Bool.random(using: &random),
                key: random.guid(),
                currentState: LeaseState(rawValue: random.value()),
                newState: LeaseState(rawValue: random.value())
            )
        )
        #expect(try recoded(notification) == notification)
    }
}
