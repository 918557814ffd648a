/// An instant that may not be there, in eight bytes: `Instant?` takes twice as many.
///
/// The very end of the time line cannot be told from none.
package struct OptionalInstant: Hashable, Sendable {
    private var nanoseconds = UInt64.max

    package init() {}

    package var value: Instant? {
        get { nanoseconds == .max ? nil : Instant(nanoseconds: nanoseconds) }
        set { nanoseconds = newValue?.nanoseconds ?? .max }
    }
}
