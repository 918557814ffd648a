package import SMBWire

/// Which failures make the client try the next target ([MS-DFSC] 3.1.5.2, Windows' list).
///
/// ACCESS_DENIED, NOT_FOUND, SHARING_VIOLATION and the like are answers, not failures of a target.
package enum Failover {
    private static let statuses: Set<NTStatus> = [
        .badNetworkPath, .connectionDisconnected, .connectionRefused, .connectionReset,
        .deviceOffLine, .dfsUnavailable, .diskOperationFailed, .duplicateName,
        .fsDriverRequired, .hostUnreachable, .insufficientResources, .invalidNetworkResponse,
        .ioReparseTagNotHandled, .ioTimeout, .netlogonNotStarted, .networkBusy,
        .networkNameDeleted, .networkUnreachable, .noSuchDevice, .noSuchLogonSession,
        .remoteNotListening, .requestNotAccepted, .sharingPaused, .unexpectedNetworkError,
        .unmappableCharacter, .userSessionDeleted, .virtualCircuitClosed,
    ]

    private static let refusals: Set<NTStatus> = [
        .accountDisabled, .accountLockedOut, .accountRestriction, .logonFailure,
        .networkAccessDenied, .noSuchUser, .passwordExpired, .wrongPassword,
    ]

    /// Whether the user, or the contact itself, was refused: this says nothing about namespaces.
    package static func isRefusal(_ status: NTStatus) -> Bool { refusals.contains(status) }

    /// Whether an open that failed so is tried at the next target.
    package static func applies(toAttempt status: NTStatus) -> Bool {
        status == .badNetworkName || statuses.contains(status)
    }

    /// Whether a referral request that failed so goes to the next server.
    package static func applies(toReferral status: NTStatus) -> Bool {
        statuses.contains(status)
    }
}
