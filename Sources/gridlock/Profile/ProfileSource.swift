internal import Foundation
internal import Primitives

/// Finds a profile by what the user wrote: a built-in name or a file.
enum ProfileSource {
    /// A name without a slash and without `.yaml` is a built-in one, everything else a file.
    static func load(_ argument: String) throws -> ProfileFile {
        if let text = BuiltInProfiles.text(argument) {
            return try ProfileFile(parsing: text, name: argument, file: "\(argument).yaml")
        }
        guard FileManager.default.fileExists(atPath: argument) else {
            let hint = Suggestion.hint(for: argument, among: BuiltInProfiles.names)
            throw Failure(
                .fileMissing,
                "there is neither a file nor a built-in profile “\(argument)”\(hint)"
            )
        }
        guard let text = try? String(contentsOfFile: argument, encoding: .utf8) else {
            throw Failure(.fileMissing, "\(argument) cannot be read as UTF-8 text")
        }
        let name = URL(filePath: argument).deletingPathExtension().lastPathComponent
        return try ProfileFile(parsing: text, name: name, file: argument)
    }
}
