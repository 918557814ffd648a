internal import Foundation

/// Results go to standard output, everything else to standard error.
enum Console {
    static func result(_ text: String) {
        FileHandle.standardOutput.write(Data(text.utf8))
    }

    static func note(_ line: String) {
        FileHandle.standardError.write(Data((line + "\n").utf8))
    }
}
