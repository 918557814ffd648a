package import Primitives
package import SMBWire

/// When the stations of a request were passed.
package struct RequestTimes: Hashable, Sendable {
    package var created: Instant
    package var answered: Instant
    private var queuedAt = OptionalInstant()
    private var sentAt = OptionalInstant()
    private var interimAt = OptionalInstant()

    package init(created: Instant) {
        self.created = created
        answered = created
    }

    /// Set if the request had to wait for a credit.
    package var queued: Instant? {
        get { queuedAt.value }
        set { queuedAt.value = newValue }
    }

    package var sent: Instant? {
        get { sentAt.value }
        set { sentAt.value = newValue }
    }

    /// STATUS_PENDING came.
    package var interim: Instant? {
        get { interimAt.value }
        set { interimAt.value = newValue }
    }
}

/// How a request ended.
package struct Answer: Hashable, Sendable {
    package enum Result: Hashable, Sendable {
        case nothing
        case connection(ConnectionNumber)
        case smbSession(SMBSessionNumber)
        indirect case tree(TreeNumber, TreeConnectResponse)
        indirect case open(OpenNumber, CreateResponse)
        /// READ, QUERY_DIRECTORY, QUERY_INFO, CHANGE_NOTIFY, a referral.
        case bytes(ArraySlice<UInt8>)
        /// Bytes written.
        case written(UInt32)
        /// The compound's answers in order.
        case compound([Answer])
    }

    package var status: NTStatus
    package var result: Result
    /// What went wrong, for a person: server, operation, status by name; nil on success.
    package var sentence: String?
    package var times: RequestTimes

    package init(status: NTStatus, result: Result, sentence: String?, times: RequestTimes) {
        self.status = status
        self.result = result
        self.sentence = sentence
        self.times = times
    }

    package var isSuccess: Bool { status == .success }
}

/// What the outside must do, in this order.
package enum RedirectorEffect: Hashable, Sendable {
    /// Open TCP to the server; `transportConnected` or `transportFailed` answers.
    case connect(ConnectionNumber, server: String)
    /// Framed messages and compounds, ready for TCP: one, or several that leave in one go.
    case send(ConnectionNumber, [UInt8])
    case disconnect(ConnectionNumber)
    /// Work out the next token for the server's `input`; `tokenReady` answers.
    case token(SMBSessionNumber, user: Int, server: String, input: [UInt8])
    /// Forget that authentication.
    case tokenEnd(SMBSessionNumber)
    case answered(tag: Int, Answer)
    case broke(BreakNotice)
    /// The connection is gone; its requests have been answered before.
    case lost(ConnectionNumber, NTStatus, sentence: String)

    /// Holds the place of an effect that was moved out of its batch; nobody performs it.
    static let moved = Self.disconnect(
        ConnectionNumber(slot: .max, generation: .max)
    )
}

/// The server takes back an oplock or a part of a lease ([MS-SMB2] 3.2.5.19).
package struct BreakNotice: Hashable, Sendable {
    package enum Change: Hashable, Sendable {
        case oplock(to: OplockLevel)
        case lease(from: LeaseState, to: LeaseState)
    }

    package let open: OpenNumber
    package let change: Change
    package let requiresAcknowledgement: Bool
}

/// The next token of an authentication, as the credentials worked it out.
package enum TokenAnswer: Hashable, Sendable {
    /// `sessionKey` comes with completion; nil for an anonymous user.
    case output([UInt8], isComplete: Bool, sessionKey: [UInt8]?)
    case failed(NTStatus, sentence: String)
}

extension [RedirectorEffect] {
    /// The frames of the last effect, which is gone then; nobody else has them.
    mutating func takeLastFrames() -> [UInt8] {
        guard case .send(_, let frames)? = popLast() else { return [] }
        return frames
    }

    /// Takes an effect out of a batch whose effects are done in turn: it may carry much.
    package mutating func move(_ index: Int) -> RedirectorEffect {
        var effect = RedirectorEffect.moved
        swap(&effect, &self[index])
        return effect
    }
}
