/// The client models that a profile can name.
extension ClientModel {
    package static let all: [ClientModel] = [
        fixed, q260752, q260752SingleFlight, q233082, q268817, kb824909, kb832494, kb841827,
        cifsRefresh, cifsLockSem,
    ]

    package static func named(_ name: String) -> ClientModel? { all.first { $0.name == name } }
}
