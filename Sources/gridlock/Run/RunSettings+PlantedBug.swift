internal import Simulation

extension RunSettings {
    /// The bugs that can be planted in a virtual world, one or more for each of its rules.
    ///
    /// Whoever trusts a silent checker has a way to hear it. They come early enough for short runs.
    static let plantedBugs: KeyValuePairs<String, PlantedBug?> = [
        "none": nil, "dropped-answer": .droppedAnswer(40), "doubled-answer": .doubledAnswer(40),
        "forged-credits": .forgedCredits(40), "lost-credits": .lostCredits(40),
        "lost-oplock": .lostOplock(1), "lost-range": .lostRange(1),
        "repeated-request": .repeatedRequest(40), "changed-byte": .changedByte(1),
    ]

    static func plantedBug(_ table: SettingTable) throws(SettingError) -> PlantedBug? {
        let bug = try table.word(.plantedBug, of: plantedBugs)
        let isVirtual = try table.boolean(.virtualTime)
        guard bug == nil || isVirtual else {
            throw SettingError(
                "planted-bug: nobody checks the rules in real time; add --virtual-time",
                from: table[.plantedBug]?.origin ?? .standard
            )
        }
        return bug
    }
}
