/// The client models that a profile can name.
extension ClientModel {
    package static let all: [ClientModel] = [fixed]

    package static func named(_ name: String) -> ClientModel? { all.first { $0.name == name } }
}
