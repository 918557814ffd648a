/// The profiles of `profiles/`, part of the program so that they work from any folder.
package enum BuiltInProfiles {
    private static let texts: KeyValuePairs<String, [UInt8]> = [
        "cifs-lock-sem": PackageResources.cifs_lock_sem_yaml,
        "cifs-refresh": PackageResources.cifs_refresh_yaml,
        "kb824909": PackageResources.kb824909_yaml,
        "kb832494": PackageResources.kb832494_yaml,
        "kb841827": PackageResources.kb841827_yaml,
        "logon-storm": PackageResources.logon_storm_yaml,
        "q233082": PackageResources.q233082_yaml,
        "q260752": PackageResources.q260752_yaml,
        "q260752-singleflight": PackageResources.q260752_singleflight_yaml,
        "q268817": PackageResources.q268817_yaml,
        "rough-weather": PackageResources.rough_weather_yaml,
        "samba-smoke": PackageResources.samba_smoke_yaml,
    ]

    package static let names = texts.map(\.key)

    /// The text of a built-in profile; nil if there is none of that name.
    package static func text(_ name: String) -> String? {
        texts.first { $0.key == name }.map { String(decoding: $0.value, as: UTF8.self) }
    }
}
