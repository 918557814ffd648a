package import Primitives

/// REQ_GET_DFS_REFERRAL and its EX form ([MS-DFSC] 2.2.2, 2.2.3).
package struct ReferralRequest: Hashable, Sendable {
    /// The highest version that is understood, 1 to 4.
    package var maxReferralLevel: UInt16
    /// One leading backslash, or empty for a domain referral.
    package var path: String
    /// The client's Active Directory site; only the EX form can say it.
    package var siteName: String?

    package init(maxReferralLevel: UInt16 = 4, path: String, siteName: String? = nil) {
        self.maxReferralLevel = maxReferralLevel
        self.path = path
        self.siteName = siteName
    }

    /// Bit of the EX form's RequestFlags: a site name follows.
    private static let hasSiteName: UInt16 = 1

    /// Reads either form.
    ///
    /// The EX form's names are read by their lengths and up to a NUL: senders disagree whether the
    /// lengths count one.
    package init(from reader: inout ByteReader, isExtended: Bool = false) throws(WireError) {
        maxReferralLevel = try reader.uint16()
        guard isExtended else {
            path = reader.utf16UntilNull()
            return
        }
        let flags = try reader.uint16()
        try reader.skip(4)
        path = try Self.name(&reader)
        if flags & Self.hasSiteName != 0 { siteName = try Self.name(&reader) }
    }

    private static func name(_ reader: inout ByteReader) throws(WireError) -> String {
        let length = Int(try reader.uint16())
        var name = try reader.slice(at: reader.offset, count: length)
        try reader.skip(length)
        return name.utf16UntilNull()
    }

    /// The plain form, which has no place for a site.
    package var bytes: [UInt8] {
        var writer = ByteWriter(reserving: 4 + 2 * path.utf16.count)
        writer.uint16(maxReferralLevel)
        writer.utf16(path)
        writer.uint16(0)
        return writer.take()
    }

    /// The EX form; the length of the path counts its NUL, that of the site has none.
    package var extendedBytes: [UInt8] {
        var data = ByteWriter()
        data.uint16(UInt16(truncatingIfNeeded: 2 * path.utf16.count + 2))
        data.utf16(path)
        data.uint16(0)
        if let siteName {
            data.uint16(UInt16(truncatingIfNeeded: 2 * siteName.utf16.count))
            data.utf16(siteName)
        }
        var writer = ByteWriter(reserving: 8 + data.bytes.count)
        writer.uint16(maxReferralLevel)
        writer.uint16(siteName == nil ? 0 : Self.hasSiteName)
        writer.uint32(UInt32(truncatingIfNeeded: data.bytes.count))
        writer.append(data.bytes)
        return writer.take()
    }
}
