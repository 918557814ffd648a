internal import SMBWire

extension AccessMask {
    static let writeDAC = AccessMask(rawValue: 0x4_0000)
    static let writeOwner = AccessMask(rawValue: 0x8_0000)
    static let accessSystemSecurity = AccessMask(rawValue: 0x100_0000)

    /// FILE_ALL_ACCESS.
    static let all = AccessMask(rawValue: 0x1F_01FF)
    /// FILE_GENERIC_READ and FILE_GENERIC_EXECUTE: what a read-only share allows.
    static let reading = AccessMask(rawValue: 0x12_00A9)
    // Kept, because making a set of several costs more than most of a request.
    static let anyReading: AccessMask = [.readData, .execute]
    static let anyWriting: AccessMask = [.writeData, .appendData]
    /// What share modes are about.
    static let takingPart: AccessMask = [.readData, .execute, .writeData, .appendData, .delete]
    static let allGeneric: AccessMask = [
        .genericAll, .genericExecute, .genericWrite, .genericRead,
    ]
    /// What opens may ask for without meeting anybody's cache or share mode.
    static let attributesOnly: AccessMask = [.readAttributes, .writeAttributes, .synchronize]

    /// Generic bits become what they mean for files ([MS-SMB2] 2.2.13.1.1).
    var specific: AccessMask {
        var mask = self.subtracting(.allGeneric)
        if contains(.genericAll) { mask.formUnion(.all) }
        if contains(.genericExecute) { mask.formUnion(AccessMask(rawValue: 0x12_00A0)) }
        if contains(.genericWrite) { mask.formUnion(AccessMask(rawValue: 0x12_0116)) }
        if contains(.genericRead) { mask.formUnion(AccessMask(rawValue: 0x12_0089)) }
        return mask
    }
}

/// What an open may do, since there are no ACLs: everybody everything, save for read-only shares
/// and read-only files ([MS-FSA] 2.1.5.1.2.1).
struct AccessRights: Hashable, Sendable {
    var isShareReadOnly: Bool
    /// A file, not a directory, with the attribute.
    var isFileReadOnly: Bool

    var maximum: AccessMask {
        let all: AccessMask = isShareReadOnly ? .reading : .all
        return isFileReadOnly ? all.subtracting(.anyWriting) : all
    }

    enum Verdict: Hashable, Sendable {
        case granted(AccessMask)
        case refused(NTStatus)
    }

    func verdict(on desired: AccessMask) -> Verdict {
        var mask = desired.specific
        if mask.contains(.accessSystemSecurity) { return .refused(.privilegeNotHeld) }
        if mask.contains(.maximumAllowed) {
            mask = mask.subtracting(.maximumAllowed).union(maximum)
        }
        guard !mask.isEmpty, mask.isSubset(of: .all), mask.isSubset(of: maximum) else {
            return .refused(.accessDenied)
        }
        return .granted(mask)
    }
}
