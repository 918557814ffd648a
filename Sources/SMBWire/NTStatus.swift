/// A status of [MS-ERREF] 2.3, as it stands in a response's header.
///
/// An open set: a server may send any number, so this is no enum.
package struct NTStatus: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// The one for all that have raw values is several calls, and every answer has a status.
    package static func == (lhs: Self, rhs: Self) -> Bool { lhs.rawValue == rhs.rawValue }

    /// 0 success, 1 informational, 2 warning, 3 error.
    package var severity: UInt32 { rawValue >> 30 }
    package var isError: Bool { severity == 3 }

    /// The status of a name such as `STATUS_LOGON_FAILURE`; nil if the name is not known.
    package init?(named name: String) {
        let known = Self.names.first { "STATUS_" + $0.value == name }
        guard let known else { return nil }
        rawValue = known.key
    }

    /// `STATUS_LOGON_FAILURE`; the number where the name is not known.
    package var name: String { Self.names[rawValue].map { "STATUS_" + $0 } ?? number }

    /// `STATUS_LOGON_FAILURE 0xC000006D`; a number alone where the name is not known.
    package var description: String {
        Self.names[rawValue] == nil ? number : "\(name) \(number)"
    }

    private var number: String {
        let digits = String(rawValue, radix: 16, uppercase: true)
        return "0x" + String(repeating: "0", count: 8 - digits.count) + digits
    }
}

extension NTStatus {
    package static let success = NTStatus(rawValue: 0x0000_0000)
    package static let pending = NTStatus(rawValue: 0x0000_0103)
    package static let notifyCleanup = NTStatus(rawValue: 0x0000_010B)
    package static let notifyEnumDir = NTStatus(rawValue: 0x0000_010C)
    package static let bufferOverflow = NTStatus(rawValue: 0x8000_0005)
    package static let noMoreFiles = NTStatus(rawValue: 0x8000_0006)
    package static let deviceOffLine = NTStatus(rawValue: 0x8000_0010)
    package static let stoppedOnSymlink = NTStatus(rawValue: 0x8000_002D)
    package static let unsuccessful = NTStatus(rawValue: 0xC000_0001)
    package static let notImplemented = NTStatus(rawValue: 0xC000_0002)
    package static let invalidInfoClass = NTStatus(rawValue: 0xC000_0003)
    package static let infoLengthMismatch = NTStatus(rawValue: 0xC000_0004)
    package static let invalidHandle = NTStatus(rawValue: 0xC000_0008)
    package static let invalidParameter = NTStatus(rawValue: 0xC000_000D)
    package static let noSuchDevice = NTStatus(rawValue: 0xC000_000E)
    package static let noSuchFile = NTStatus(rawValue: 0xC000_000F)
    package static let invalidDeviceRequest = NTStatus(rawValue: 0xC000_0010)
    package static let endOfFile = NTStatus(rawValue: 0xC000_0011)
    package static let moreProcessingRequired = NTStatus(rawValue: 0xC000_0016)
    package static let accessDenied = NTStatus(rawValue: 0xC000_0022)
    package static let bufferTooSmall = NTStatus(rawValue: 0xC000_0023)
    package static let objectTypeMismatch = NTStatus(rawValue: 0xC000_0024)
    package static let objectNameInvalid = NTStatus(rawValue: 0xC000_0033)
    package static let objectNameNotFound = NTStatus(rawValue: 0xC000_0034)
    package static let objectNameCollision = NTStatus(rawValue: 0xC000_0035)
    package static let objectPathNotFound = NTStatus(rawValue: 0xC000_003A)
    package static let objectPathSyntaxBad = NTStatus(rawValue: 0xC000_003B)
    package static let sharingViolation = NTStatus(rawValue: 0xC000_0043)
    package static let easNotSupported = NTStatus(rawValue: 0xC000_004F)
    package static let noEasOnFile = NTStatus(rawValue: 0xC000_0052)
    package static let fileLockConflict = NTStatus(rawValue: 0xC000_0054)
    package static let lockNotGranted = NTStatus(rawValue: 0xC000_0055)
    package static let deletePending = NTStatus(rawValue: 0xC000_0056)
    package static let noLogonServers = NTStatus(rawValue: 0xC000_005E)
    package static let noSuchLogonSession = NTStatus(rawValue: 0xC000_005F)
    package static let privilegeNotHeld = NTStatus(rawValue: 0xC000_0061)
    package static let noSuchUser = NTStatus(rawValue: 0xC000_0064)
    package static let wrongPassword = NTStatus(rawValue: 0xC000_006A)
    package static let logonFailure = NTStatus(rawValue: 0xC000_006D)
    package static let accountRestriction = NTStatus(rawValue: 0xC000_006E)
    package static let passwordExpired = NTStatus(rawValue: 0xC000_0071)
    package static let accountDisabled = NTStatus(rawValue: 0xC000_0072)
    package static let noneMapped = NTStatus(rawValue: 0xC000_0073)
    package static let rangeNotLocked = NTStatus(rawValue: 0xC000_007E)
    package static let diskFull = NTStatus(rawValue: 0xC000_007F)
    package static let insufficientResources = NTStatus(rawValue: 0xC000_009A)
    package static let dfsExitPathFound = NTStatus(rawValue: 0xC000_009B)
    package static let mediaWriteProtected = NTStatus(rawValue: 0xC000_00A2)
    package static let badImpersonationLevel = NTStatus(rawValue: 0xC000_00A5)
    package static let pipeNotAvailable = NTStatus(rawValue: 0xC000_00AC)
    package static let ioTimeout = NTStatus(rawValue: 0xC000_00B5)
    package static let fileIsADirectory = NTStatus(rawValue: 0xC000_00BA)
    package static let notSupported = NTStatus(rawValue: 0xC000_00BB)
    package static let remoteNotListening = NTStatus(rawValue: 0xC000_00BC)
    package static let duplicateName = NTStatus(rawValue: 0xC000_00BD)
    package static let badNetworkPath = NTStatus(rawValue: 0xC000_00BE)
    package static let networkBusy = NTStatus(rawValue: 0xC000_00BF)
    package static let invalidNetworkResponse = NTStatus(rawValue: 0xC000_00C3)
    package static let unexpectedNetworkError = NTStatus(rawValue: 0xC000_00C4)
    package static let networkNameDeleted = NTStatus(rawValue: 0xC000_00C9)
    package static let networkAccessDenied = NTStatus(rawValue: 0xC000_00CA)
    package static let badDeviceType = NTStatus(rawValue: 0xC000_00CB)
    package static let badNetworkName = NTStatus(rawValue: 0xC000_00CC)
    package static let tooManySessions = NTStatus(rawValue: 0xC000_00CE)
    package static let sharingPaused = NTStatus(rawValue: 0xC000_00CF)
    package static let requestNotAccepted = NTStatus(rawValue: 0xC000_00D0)
    package static let virtualCircuitClosed = NTStatus(rawValue: 0xC000_00D6)
    package static let pipeEmpty = NTStatus(rawValue: 0xC000_00D9)
    package static let noSuchDomain = NTStatus(rawValue: 0xC000_00DF)
    package static let oplockNotGranted = NTStatus(rawValue: 0xC000_00E2)
    package static let invalidOplockProtocol = NTStatus(rawValue: 0xC000_00E3)
    package static let internalError = NTStatus(rawValue: 0xC000_00E5)
    package static let directoryNotEmpty = NTStatus(rawValue: 0xC000_0101)
    package static let notADirectory = NTStatus(rawValue: 0xC000_0103)
    package static let cancelled = NTStatus(rawValue: 0xC000_0120)
    package static let cannotDelete = NTStatus(rawValue: 0xC000_0121)
    package static let fileClosed = NTStatus(rawValue: 0xC000_0128)
    package static let pipeBroken = NTStatus(rawValue: 0xC000_014B)
    package static let illegalCharacter = NTStatus(rawValue: 0xC000_0161)
    package static let unmappableCharacter = NTStatus(rawValue: 0xC000_0162)
    package static let diskOperationFailed = NTStatus(rawValue: 0xC000_016A)
    package static let invalidDeviceState = NTStatus(rawValue: 0xC000_0184)
    package static let ioDeviceError = NTStatus(rawValue: 0xC000_0185)
    package static let netlogonNotStarted = NTStatus(rawValue: 0xC000_0192)
    package static let fsDriverRequired = NTStatus(rawValue: 0xC000_019C)
    package static let invalidLockRange = NTStatus(rawValue: 0xC000_01A1)
    package static let userSessionDeleted = NTStatus(rawValue: 0xC000_0203)
    package static let connectionDisconnected = NTStatus(rawValue: 0xC000_020C)
    package static let connectionReset = NTStatus(rawValue: 0xC000_020D)
    package static let notFound = NTStatus(rawValue: 0xC000_0225)
    package static let duplicateObjectid = NTStatus(rawValue: 0xC000_022A)
    package static let domainControllerNotFound = NTStatus(rawValue: 0xC000_0233)
    package static let accountLockedOut = NTStatus(rawValue: 0xC000_0234)
    package static let connectionRefused = NTStatus(rawValue: 0xC000_0236)
    package static let networkUnreachable = NTStatus(rawValue: 0xC000_023C)
    package static let hostUnreachable = NTStatus(rawValue: 0xC000_023D)
    package static let pathNotCovered = NTStatus(rawValue: 0xC000_0257)
    package static let dfsUnavailable = NTStatus(rawValue: 0xC000_026D)
    package static let ioReparseTagNotHandled = NTStatus(rawValue: 0xC000_0279)
    package static let networkSessionExpired = NTStatus(rawValue: 0xC000_035C)
    package static let downgradeDetected = NTStatus(rawValue: 0xC000_0388)
    package static let serverUnavailable = NTStatus(rawValue: 0xC000_0466)
    package static let fileNotAvailable = NTStatus(rawValue: 0xC000_0467)
    package static let shareUnavailable = NTStatus(rawValue: 0xC000_0480)
    package static let contextMismatch = NTStatus(rawValue: 0xC000_0719)
    package static let smbNoPreauthIntegrityHashOverlap = NTStatus(rawValue: 0xC05D_0000)
    package static let smbBadClusterDialect = NTStatus(rawValue: 0xC05D_0001)

    /// For look-up only.
    private static let names: [UInt32: String] = [
        0x0000_0000: "SUCCESS",
        0x0000_0103: "PENDING",
        0x0000_010B: "NOTIFY_CLEANUP",
        0x0000_010C: "NOTIFY_ENUM_DIR",
        0x8000_0005: "BUFFER_OVERFLOW",
        0x8000_0006: "NO_MORE_FILES",
        0x8000_0010: "DEVICE_OFF_LINE",
        0x8000_002D: "STOPPED_ON_SYMLINK",
        0xC000_0001: "UNSUCCESSFUL",
        0xC000_0002: "NOT_IMPLEMENTED",
        0xC000_0003: "INVALID_INFO_CLASS",
        0xC000_0004: "INFO_LENGTH_MISMATCH",
        0xC000_0008: "INVALID_HANDLE",
        0xC000_000D: "INVALID_PARAMETER",
        0xC000_000E: "NO_SUCH_DEVICE",
        0xC000_000F: "NO_SUCH_FILE",
        0xC000_0010: "INVALID_DEVICE_REQUEST",
        0xC000_0011: "END_OF_FILE",
        0xC000_0016: "MORE_PROCESSING_REQUIRED",
        0xC000_0022: "ACCESS_DENIED",
        0xC000_0023: "BUFFER_TOO_SMALL",
        0xC000_0024: "OBJECT_TYPE_MISMATCH",
        0xC000_0033: "OBJECT_NAME_INVALID",
        0xC000_0034: "OBJECT_NAME_NOT_FOUND",
        0xC000_0035: "OBJECT_NAME_COLLISION",
        0xC000_003A: "OBJECT_PATH_NOT_FOUND",
        0xC000_003B: "OBJECT_PATH_SYNTAX_BAD",
        0xC000_0043: "SHARING_VIOLATION",
        0xC000_004F: "EAS_NOT_SUPPORTED",
        0xC000_0052: "NO_EAS_ON_FILE",
        0xC000_0054: "FILE_LOCK_CONFLICT",
        0xC000_0055: "LOCK_NOT_GRANTED",
        0xC000_0056: "DELETE_PENDING",
        0xC000_005E: "NO_LOGON_SERVERS",
        0xC000_005F: "NO_SUCH_LOGON_SESSION",
        0xC000_0061: "PRIVILEGE_NOT_HELD",
        0xC000_0064: "NO_SUCH_USER",
        0xC000_006A: "WRONG_PASSWORD",
        0xC000_006D: "LOGON_FAILURE",
        0xC000_006E: "ACCOUNT_RESTRICTION",
        0xC000_0071: "PASSWORD_EXPIRED",
        0xC000_0072: "ACCOUNT_DISABLED",
        0xC000_0073: "NONE_MAPPED",
        0xC000_007E: "RANGE_NOT_LOCKED",
        0xC000_007F: "DISK_FULL",
        0xC000_009A: "INSUFFICIENT_RESOURCES",
        0xC000_009B: "DFS_EXIT_PATH_FOUND",
        0xC000_00A2: "MEDIA_WRITE_PROTECTED",
        0xC000_00A5: "BAD_IMPERSONATION_LEVEL",
        0xC000_00AC: "PIPE_NOT_AVAILABLE",
        0xC000_00B5: "IO_TIMEOUT",
        0xC000_00BA: "FILE_IS_A_DIRECTORY",
        0xC000_00BB: "NOT_SUPPORTED",
        0xC000_00BC: "REMOTE_NOT_LISTENING",
        0xC000_00BD: "DUPLICATE_NAME",
        0xC000_00BE: "BAD_NETWORK_PATH",
        0xC000_00BF: "NETWORK_BUSY",
        0xC000_00C3: "INVALID_NETWORK_RESPONSE",
        0xC000_00C4: "UNEXPECTED_NETWORK_ERROR",
        0xC000_00C9: "NETWORK_NAME_DELETED",
        0xC000_00CA: "NETWORK_ACCESS_DENIED",
        0xC000_00CB: "BAD_DEVICE_TYPE",
        0xC000_00CC: "BAD_NETWORK_NAME",
        0xC000_00CE: "TOO_MANY_SESSIONS",
        0xC000_00CF: "SHARING_PAUSED",
        0xC000_00D0: "REQUEST_NOT_ACCEPTED",
        0xC000_00D6: "VIRTUAL_CIRCUIT_CLOSED",
        0xC000_00D9: "PIPE_EMPTY",
        0xC000_00DF: "NO_SUCH_DOMAIN",
        0xC000_00E2: "OPLOCK_NOT_GRANTED",
        0xC000_00E3: "INVALID_OPLOCK_PROTOCOL",
        0xC000_00E5: "INTERNAL_ERROR",
        0xC000_0101: "DIRECTORY_NOT_EMPTY",
        0xC000_0103: "NOT_A_DIRECTORY",
        0xC000_0120: "CANCELLED",
        0xC000_0121: "CANNOT_DELETE",
        0xC000_0128: "FILE_CLOSED",
        0xC000_014B: "PIPE_BROKEN",
        0xC000_0161: "ILLEGAL_CHARACTER",
        0xC000_0162: "UNMAPPABLE_CHARACTER",
        0xC000_016A: "DISK_OPERATION_FAILED",
        0xC000_0184: "INVALID_DEVICE_STATE",
        0xC000_0185: "IO_DEVICE_ERROR",
        0xC000_0192: "NETLOGON_NOT_STARTED",
        0xC000_019C: "FS_DRIVER_REQUIRED",
        0xC000_01A1: "INVALID_LOCK_RANGE",
        0xC000_0203: "USER_SESSION_DELETED",
        0xC000_020C: "CONNECTION_DISCONNECTED",
        0xC000_020D: "CONNECTION_RESET",
        0xC000_0225: "NOT_FOUND",
        0xC000_022A: "DUPLICATE_OBJECTID",
        0xC000_0233: "DOMAIN_CONTROLLER_NOT_FOUND",
        0xC000_0234: "ACCOUNT_LOCKED_OUT",
        0xC000_0236: "CONNECTION_REFUSED",
        0xC000_023C: "NETWORK_UNREACHABLE",
        0xC000_023D: "HOST_UNREACHABLE",
        0xC000_0257: "PATH_NOT_COVERED",
        0xC000_026D: "DFS_UNAVAILABLE",
        0xC000_0279: "IO_REPARSE_TAG_NOT_HANDLED",
        0xC000_035C: "NETWORK_SESSION_EXPIRED",
        0xC000_0388: "DOWNGRADE_DETECTED",
        0xC000_0466: "SERVER_UNAVAILABLE",
        0xC000_0467: "FILE_NOT_AVAILABLE",
        0xC000_0480: "SHARE_UNAVAILABLE",
        0xC000_0719: "CONTEXT_MISMATCH",
        0xC05D_0000: "SMB_NO_PREAUTH_INTEGRITY_HASH_OVERLAP",
        0xC05D_0001: "SMB_BAD_CLUSTER_DIALECT",
    ]
}
