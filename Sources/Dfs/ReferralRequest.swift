package import Primitives

/// REQ_GET_DFS_REFERRAL and its EX form ([MS-DFSC] 2.2.2, 2.2.3).
package struct ReferralRequest: Hashable, Sendable {
    /// The highest version that is understood, 1 to 4.
    package var maxReferralLevel: UInt16
    /// One leading backslash, or empty for a domain referral.
    package var path: String

    package init(maxReferralLevel: UInt16 = 4, path: String) {
        self.maxReferralLevel = maxReferralLevel
        self.path = path
    }

    /// Reads either form; the EX form's site name is not kept apart.
    package init(from reader: inout ByteReader, isExtended: Bool = false) throws(WireError) {
        maxReferralLevel = try reader.uint16()
        if isExtended {
            try reader.skip(6)
            let length = Int(try reader.uint16())
            var name = try reader.slice(at: reader.offset, count: length)
            path = name.utf16UntilNull()
        } else {
            path = reader.utf16UntilNull()
        }
    }

    package var bytes: [UInt8] {
        var writer = ByteWriter(reserving: 4 + 2 * path.utf16.count)
        writer.uint16(maxReferralLevel)
        writer.utf16(path)
        writer.uint16(0)
        return writer.bytes
    }
}
