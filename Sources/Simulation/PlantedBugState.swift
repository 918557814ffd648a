internal import SMBWire

/// Carries out a planted bug on the frames that pass.
struct PlantedBugState: Hashable, Sendable {
    private let bug: PlantedBug
    private var count = 0

    init(_ bug: PlantedBug) { self.bug = bug }

    /// Whether this request goes out twice.
    mutating func repeats(_ request: [UInt8]) -> Bool {
        guard case .repeatedRequest(let nth) = bug else { return false }
        count += 1
        return count == nth
    }

    /// The frames that arrive instead of this answer.
    mutating func tampered(_ answer: [UInt8]) -> [[UInt8]] {
        let command = answer.count > 70 ? answer[16] : 0xFF
        let isSuccess = answer.count > 70 && answer[12..<16].allSatisfy { $0 == 0 }
        switch bug {
        case .repeatedRequest: return [answer]
        case .changedByte(let nth):
            guard command == UInt8(Command.read.rawValue), answer.count > 100 else {
                return [answer]
            }
            return reached(nth) ? [changed(answer, at: answer.count - 1) { $0 ^ 0xFF }] : [answer]
        case .droppedAnswer(let nth): return reached(nth) ? [] : [answer]
        case .doubledAnswer(let nth): return reached(nth) ? [answer, answer] : [answer]
        case .forgedCredits(let nth):
            return reached(nth) ? [changed(answer, at: 18) { $0 &+ 7 }] : [answer]
        case .lostCredits(let nth):
            return reached(nth) ? [changed(answer, at: 18) { _ in 0 }] : [answer]
        case .lostOplock(let nth):
            // OplockLevel stands behind prefix, header and StructureSize.
            guard command == UInt8(Command.create.rawValue), isSuccess, answer[70] != 0 else {
                return [answer]
            }
            return reached(nth) ? [changed(answer, at: 70) { _ in 0 }] : [answer]
        case .lostRange(let nth):
            // SMB2_FLAGS_ASYNC_COMMAND: a STATUS_PENDING came before it.
            guard command == UInt8(Command.lock.rawValue), isSuccess, answer[20] & 2 != 0 else {
                return [answer]
            }
            return reached(nth) ? [] : [answer]
        }
    }

    private mutating func reached(_ nth: Int) -> Bool {
        count += 1
        return count == nth
    }

    private func changed(_ bytes: [UInt8], at place: Int, _ change: (UInt8) -> UInt8) -> [UInt8] {
        guard bytes.indices.contains(place) else { return bytes }
        var bytes = bytes
        bytes[place] = change(bytes[place])
        return bytes
    }
}
