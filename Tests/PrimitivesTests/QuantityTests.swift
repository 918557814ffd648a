import Primitives
import Testing

@Suite struct QuantityTests {
    @Test(arguments: [
        ("250ms", Duration.milliseconds(250)), ("1.5s", .milliseconds(1_500)),
        ("10min", .seconds(600)), ("2h", .seconds(7_200)), ("40us", .microseconds(40)),
        ("0", .zero), ("3 s", .seconds(3)),
    ]) func `a duration is a number and a unit`(_ text: String, _ expected: Duration) {
        #expect(Quantity.duration(text) == expected)
    }

    @Test(arguments: ["", "10", "s", "-1s", "1e9h", "1.2.3s", "5 parsecs", "99999h", "nan"])
    func `what is no duration is refused`(_ text: String) {
        #expect(Quantity.duration(text) == nil)
    }

    @Test func `a size is bytes, or a binary multiple`() {
        #expect(Quantity.size("4096") == 4_096)
        #expect(Quantity.size("64KiB") == 65_536)
        #expect(Quantity.size("1.5MiB") == 1_572_864)
        #expect(Quantity.size("1GiB") == 1_073_741_824)
        for wrong in ["", "64KB", "0.3B", "-1", "9999999999GiB"] {
            #expect(Quantity.size(wrong) == nil)
        }
    }
}
