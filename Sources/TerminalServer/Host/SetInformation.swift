internal import Primitives

/// What SET_INFO carries ([MS-FSCC] 2.4).
enum SetInformation {
    static let basic: UInt8 = 4
    static let rename: UInt8 = 10

    /// FileBasicInformation with a time of the last write; a zero leaves the others as they are.
    ///
    /// The time is `seconds` after the beginning of 2026: pure code knows no date.
    static func lastWriteTime(_ seconds: UInt64) -> [UInt8] {
        var writer = ByteWriter()
        writer.uint64(0)
        writer.uint64(0)
        writer.uint64(134_116_992_000_000_000 + seconds * 10_000_000)
        writer.uint64(0)
        writer.uint64(0)
        return writer.take()
    }

    /// FileRenameInformation for SMB2; the name is relative to the share, on a Dfs share as well.
    static func name(_ name: String, replaces: Bool) -> [UInt8] {
        var writer = ByteWriter()
        writer.uint64(replaces ? 1 : 0)
        writer.uint64(0)
        writer.uint32(UInt32(name.utf16.count * 2))
        writer.utf16(name)
        return writer.take()
    }
}

extension UNCPath {
    /// The path that leads from `target` to where this one leads from `source`: both ends of a
    /// rename are on one share, and the Dfs client has resolved the old name only.
    func moved(as source: UNCPath, to target: UNCPath) -> UNCPath {
        var common = 0
        while common < min(source.components.count, target.components.count),
            source.components[source.components.count - 1 - common]
                == target.components[target.components.count - 1 - common]
        {
            common += 1
        }
        let tail = components.dropFirst(source.components.count - common)
        return UNCPath(components: Array(target.components.dropLast(common) + tail))
    }
}
