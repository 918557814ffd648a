internal import Measurement
internal import TerminalServer

extension SettingTable {
    /// The words for operations in a threshold; an open is a CREATE on the wire.
    private static var operationWords: [Threshold.OperationWord] {
        OperationKind.allCases.map { ($0.name, $0.name) } + [("create", OperationKind.open.name)]
    }

    /// What the run is held against: `errors < 1%` too, unless a limit on all errors is written.
    func thresholds() throws(SettingError) -> [Threshold] {
        var written: [Threshold] = []
        guard let setting = self[.thresholds] else { return Thresholds.withStandard(written) }
        for text in setting.elements {
            do {
                written.append(try Threshold(parsing: text, operations: Self.operationWords))
            } catch {
                throw SettingError("threshold \(error)", from: setting.origin)
            }
        }
        return Thresholds.withStandard(written)
    }
}
