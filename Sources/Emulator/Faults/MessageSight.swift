internal import Primitives
internal import SMBWire

/// What can be seen of a frame from outside: which messages it holds, and whose.
struct MessageSight: Hashable, Sendable {
    /// Of the first message; nil for sealed frames.
    let name: MessageName?
    let session: SMBSessionID
    let isInterim: Bool
    /// A server's own message, which answers nothing.
    let isNotification: Bool

    /// Looks at a frame without its prefix.
    init(_ bytes: [UInt8], in frame: Range<Int>) {
        var reader = ByteReader(bytes, in: frame)
        guard FrameKind.of(bytes, in: frame) == .smb2, let header = try? Header(from: &reader)
        else {
            name = nil
            session = .none
            isInterim = false
            isNotification = false
            return
        }
        session = header.sessionID
        isInterim = header.isResponse && header.status == .pending
        isNotification = header.messageID == .unsolicited
        name = header.command == .ioctl ? Self.control(header, reader) : .command(header.command)
    }

    /// Referrals have a name of their own; request and response say which it is at one place.
    private static func control(_ header: Header, _ reader: ByteReader) -> MessageName {
        var reader = reader
        guard (try? reader.skip(4)) != nil, let code = try? reader.uint32() else {
            return .command(.ioctl)
        }
        let isReferral =
            code == ControlCode.dfsGetReferrals.rawValue
            || code == ControlCode.dfsGetReferralsEx.rawValue
        return isReferral ? .getReferral : .command(.ioctl)
    }
}
