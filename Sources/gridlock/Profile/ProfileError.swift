/// A place in a profile, counted from 1 as editors do.
package struct Place: Hashable, Sendable, CustomStringConvertible {
    package let file: String
    package let line: Int
    package let column: Int

    package init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    package var description: String { "\(file):\(line):\(column)" }
}

/// A profile that cannot be run as it is written; exit code 65.
package struct ProfileError: Error, Hashable, Sendable, CustomStringConvertible {
    package let place: Place
    /// What was found and what was expected, as a sentence.
    package let sentence: String

    package init(_ sentence: String, at place: Place) {
        self.place = place
        self.sentence = sentence
    }

    package var description: String { "\(place): \(sentence)" }
}
