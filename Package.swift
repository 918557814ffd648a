// swift-tools-version: 6.3

import PackageDescription

// Read the list downwards: a target depends only on targets listed above it.
let package = Package(
    name: "gridlock",
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        // For tests alone: the figures of our histogram are checked against it.
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
    ],
    targets: [
        // Rank 0 and 1, pure: values in, values out. No IO, no clock, no dice, no threads.
        .systemLibrary(name: "CLibcrypto"),
        .systemLibrary(name: "CGSSAPI"),
        .target(
            name: "CNcurses",
            cSettings: [.define("_GNU_SOURCE"), .treatAllWarnings(as: .error)],
            linkerSettings: [.linkedLibrary("ncursesw"), .linkedLibrary("tinfo")]
        ),
        .pure("Primitives"),
        .pure("SMBWire", on: "Primitives"),
        .pure("Crypto", on: "CLibcrypto"),
        .pure("Measurement", on: "Primitives"),
        .pure("Watchdog", on: "Primitives"),

        // Rank 2, pure: the client side of [MS-SMB2] and of [MS-DFSC].
        .pure("Redirector", on: "Primitives", "SMBWire", "Crypto"),
        .pure("Dfs", on: "Primitives", "SMBWire"),

        // Rank 3, pure: the terminal server.
        .pure(
            "TerminalServer",
            on: "Primitives",
            "SMBWire",
            "Crypto",
            "Measurement",
            "Redirector",
            "Dfs",
            "Watchdog"
        ),

        // Rank 3, pure: the servers, when no real ones are at hand.
        .pure("Emulator", on: "Primitives", "SMBWire", "Crypto", "Dfs"),

        // Rank 4, pure: what a run leaves behind.
        .pure("Report", on: "Primitives", "Measurement", "Watchdog"),

        .pure(
            "Simulation",
            on: "Crypto",
            "Emulator",
            "Primitives",
            "Redirector",
            "SMBWire",
            "TerminalServer",
            "Watchdog"
        ),

        // Rank 4, pure: what a person sees of a run, and what a key means.
        .pure(
            "Dashboard",
            on: "Emulator",
            "Measurement",
            "Primitives",
            "SMBWire",
            "TerminalServer"
        ),

        // Rank 5, shells: the only ones that touch the world.
        .shell(
            "Transport",
            on: "Primitives",
            "SMBWire",
            "Redirector",
            "TerminalServer",
            "Watchdog",
            "Emulator",
            .product(name: "NIOCore", package: "swift-nio"),
            .product(name: "NIOPosix", package: "swift-nio")
        ),
        .shell("Terminal", on: "CNcurses", "Dashboard", "Primitives"),
        .shell("Credentials", on: "CGSSAPI", "Redirector", "SMBWire"),

        // Rank 6: commands, profile files, wiring.
        .executableTarget(
            name: "gridlock",
            dependencies: [
                "CGSSAPI",
                "Credentials",
                "Crypto",
                "Dashboard",
                "Dfs",
                "Emulator",
                "Measurement",
                "Primitives",
                "Redirector",
                "Report",
                "SMBWire",
                "Simulation",
                "Terminal",
                "TerminalServer",
                "Transport",
                "Watchdog",
                "Yams",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            resources: [.embedInCode("profiles")],
            swiftSettings: .strict
        ),
        .executableTarget(
            name: "Benchmarks",
            dependencies: [
                "CGSSAPI", "Credentials", "Crypto", "Dashboard", "Dfs", "Emulator", "Measurement",
                "Primitives", "Redirector", "SMBWire", "Simulation", "Terminal",
                "TerminalServer", "Transport", "Watchdog",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: .strict
        ),

        .tests(of: "Primitives"),
        .tests(of: "SMBWire", on: "Primitives"),
        .tests(of: "Crypto", on: "Primitives"),
        .target(
            name: "ReaderSupport",
            path: "Tests/ReaderSupport",
            swiftSettings: .strict
        ),
        .tests(of: "Measurement", on: "Primitives", "ReaderSupport"),
        .testTarget(
            name: "HdrHistogramTests",
            dependencies: [
                "Measurement", "Primitives",
                .product(name: "Histogram", package: "hdrhistogram-swift"),
            ],
            swiftSettings: .strict
        ),
        .tests(of: "Watchdog", on: "Primitives", exclude: ["Golden"]),
        .tests(of: "Dfs", on: "Primitives", "SMBWire"),
        .target(
            name: "ServerSupport",
            dependencies: ["Crypto", "Primitives", "SMBWire"],
            path: "Tests/ServerSupport",
            swiftSettings: .strict
        ),
        .tests(of: "Redirector", on: "Primitives", "SMBWire", "Crypto", "ServerSupport"),
        .tests(
            of: "TerminalServer",
            on: "Primitives",
            "Redirector",
            "SMBWire",
            "ServerSupport"
        ),
        .tests(
            of: "Emulator",
            on: "Primitives",
            "SMBWire",
            "Crypto",
            "Dfs",
            "Redirector"
        ),
        .tests(
            of: "Simulation",
            on: "Emulator",
            "Measurement",
            "Primitives",
            "Redirector",
            "SMBWire",
            "TerminalServer",
            "Watchdog"
        ),
        .tests(of: "Report", on: "Measurement", "Primitives", "ReaderSupport", "Watchdog"),
        .target(
            name: "DashboardSupport",
            dependencies: ["Dashboard", "Primitives"],
            path: "Tests/DashboardSupport",
            swiftSettings: .strict
        ),
        .tests(
            of: "Dashboard",
            on: "DashboardSupport",
            "Emulator",
            "Primitives",
            "TerminalServer",
            exclude: ["Golden"]
        ),
        .executableTarget(
            name: "TerminalProbe",
            dependencies: ["Dashboard", "DashboardSupport", "Primitives", "Terminal"],
            path: "Tests/TerminalProbe",
            swiftSettings: .strict
        ),
        .target(
            name: "TerminalSupport",
            path: "Tests/TerminalSupport",
            swiftSettings: .strict
        ),
        .tests(of: "Terminal", on: "TerminalProbe", "TerminalSupport"),
        .tests(
            of: "Transport",
            on: .product(name: "NIOCore", package: "swift-nio"),
            .product(name: "NIOPosix", package: "swift-nio")
        ),
        .target(
            name: "SambaSupport",
            dependencies: ["Credentials", "Primitives", "Redirector", "SMBWire"],
            path: "Tests/SambaSupport",
            swiftSettings: .strict
        ),
        .testTarget(
            name: "SambaTests",
            dependencies: ["Credentials", "Primitives", "Redirector", "SMBWire", "SambaSupport"],
            swiftSettings: .strict
        ),
        .tests(
            of: "gridlock",
            on: "Credentials",
            "Primitives",
            "ReaderSupport",
            "Redirector",
            "SMBWire",
            "SambaSupport",
            "TerminalServer",
            "TerminalSupport",
            .product(name: "NIOCore", package: "swift-nio"),
            .product(name: "NIOPosix", package: "swift-nio")
        ),
        .tidyTests,
    ]
)

// The fuzzers exist only on request: they build with `--sanitize fuzzer` alone.
if Context.environment["GRIDLOCK_FUZZ"] != nil {
    let fuzzed: KeyValuePairs<String, [Target.Dependency]> = [
        "FuzzRequests": [], "FuzzResponses": [], "FuzzReferrals": ["Dfs"],
        "FuzzRedirector": ["Crypto", "Redirector"], "FuzzEmulator": ["Crypto", "Emulator"],
    ]
    package.targets += fuzzed.map { name, more in
        .executableTarget(
            name: name,
            dependencies: ["Primitives", "SMBWire"] + more,
            swiftSettings: .strict + [.unsafeFlags(["-parse-as-library"])]
        )
    }
}

extension Target {
    /// A target of rank 0 to 4: any unsafe pointer in it is an error.
    static func pure(_ name: String, on targets: Dependency...) -> Target {
        .target(
            name: name,
            dependencies: targets,
            swiftSettings: .strict + [.strictMemorySafety()]
        )
    }

    /// A target of rank 5: the only ones that touch the world.
    static func shell(_ name: String, on targets: Dependency...) -> Target {
        .target(name: name, dependencies: targets, swiftSettings: .strict)
    }

    static func tests(
        of name: String,
        on targets: Dependency...,
        exclude: [String] = []
    ) -> Target {
        .testTarget(
            name: name + "Tests",
            dependencies: [.init(stringLiteral: name)] + targets,
            exclude: exclude,
            swiftSettings: .strict
        )
    }

    static var tidyTests: Target { .testTarget(name: "TidyTests", swiftSettings: .strict) }
}

extension [SwiftSetting] {
    static var strict: [SwiftSetting] {
        [
            .swiftLanguageMode(.v6),
            .treatAllWarnings(as: .error),
            .enableUpcomingFeature("ExistentialAny"),
            .enableUpcomingFeature("InternalImportsByDefault"),
            .enableUpcomingFeature("MemberImportVisibility"),
            .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        ]
    }
}
