/// How a run ended, as the shell sees it; the numbers are those of `sysexits.h` where it has one.
package enum ExitCode: Int32, Hashable, Sendable {
    case pass = 0
    case internalError = 1
    case usage = 64
    /// The profile is invalid; the sentence names file, line and column.
    case profileInvalid = 65
    case fileMissing = 66
    /// The target could not be reached in set-up.
    case unreachable = 69
    case cannotWrite = 73
    /// Outside the allowed scope, or log-ons refused.
    case refused = 77
    /// The verdict that the profile expects did not come.
    case expectedAbsent = 94
    /// Nothing or too little was measured.
    case inconclusive = 95
    /// The generator could not keep up: its figures are not to be trusted.
    case overloaded = 96
    /// Sessions were stuck when the grace was over.
    case stalled = 97
    case deadlock = 98
    case thresholdFailed = 99
    case hangup = 129
    case interrupted = 130
    case terminated = 143
}

/// A reason to end with a code and a sentence for the person at the keyboard.
package struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
    package let code: ExitCode
    package let sentence: String

    package init(_ code: ExitCode, _ sentence: String) {
        self.code = code
        self.sentence = sentence
    }

    package var description: String { sentence }
}
