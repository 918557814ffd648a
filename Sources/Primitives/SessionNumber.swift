/// The number of a session, one simulated user, across all hosts of a run; counts from 0.
///
/// Not to be confused with an SMB session, whose id the server chooses.
package struct SessionNumber: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let rawValue: Int

    package init(_ rawValue: Int) { self.rawValue = rawValue }

    package static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }

    package var description: String { "s\(rawValue)" }
}
