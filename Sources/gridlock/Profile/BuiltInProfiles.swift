/// The profiles of `profiles/`, part of the program so that they work from any folder.
package enum BuiltInProfiles {
    package static let names = ["samba-smoke"]

    /// The text of a built-in profile; nil if there is none of that name.
    package static func text(_ name: String) -> String? {
        let bytes: [UInt8]
        switch name {
        case "samba-smoke": bytes = PackageResources.samba_smoke_yaml
        default: return nil
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
