import SMBWire
import Testing

@Suite struct NTStatusTests {
    @Test func `a status shows its name and its number`() {
        #expect("\(NTStatus.logonFailure)" == "STATUS_LOGON_FAILURE 0xC000006D")
        #expect("\(NTStatus(rawValue: 0xC000_9999))" == "0xC0009999")
        #expect("\(NTStatus.success)" == "STATUS_SUCCESS 0x00000000")
    }

    @Test func `severity is in the two top bits`() {
        #expect(NTStatus.pending.severity == 0)
        #expect(NTStatus.bufferOverflow.severity == 2)
        #expect(NTStatus.logonFailure.isError)
    }
}
