/// What may stand at a place of a profile.
///
/// One table for two readers: those of this folder take the keys that they know from it, and
/// `gridlock check --schema` prints it for editors.
indirect enum ProfileShape: Sendable {
    /// A text or a number; the sentence says what it is.
    case text(String)
    /// A text of a form, as a regular expression.
    case form(String, pattern: String)
    /// One of these words.
    case words([String])
    case integer(ClosedRange<Int>)
    case unsigned
    case number(ClosedRange<Double>)
    case boolean
    case duration
    case size
    case rate
    case list(ProfileShape)
    /// A mapping of names that the profile chooses.
    case named(ProfileShape)
    case keys([ProfileKey])
    /// A mapping with exactly one of these keys.
    case oneOf([ProfileKey])
    case any([ProfileShape])
    /// A shape that is described once: steps hold steps.
    case steps
    case pause
}

/// A key of a mapping.
struct ProfileKey: Sendable {
    let name: String
    let shape: ProfileShape
    var isRequired = false
    var help: String?

    init(
        _ name: String,
        _ shape: ProfileShape,
        isRequired: Bool = false,
        _ help: String? = nil
    ) {
        self.name = name
        self.shape = shape
        self.isRequired = isRequired
        self.help = help
    }
}

extension ProfileNode {
    /// The values of a mapping whose keys are all among `keys`, in the order of the text.
    func mapping(of keys: [ProfileKey]) throws(ProfileError) -> [(key: String, value: ProfileNode)]
    {
        try mapping(of: keys.map(\.name))
    }
}
