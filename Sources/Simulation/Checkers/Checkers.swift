internal import Emulator
package import Primitives
internal import SMBWire
internal import TerminalServer

/// The rules that hold in every run, each in a file of its own, over the frames of all links.
///
/// Sealed frames hide what is in them; only their number is known.
package struct Checkers: Hashable, Sendable {
    /// A broken rule.
    package struct Violation: Hashable, Sendable, CustomStringConvertible {
        package let at: Instant
        package let rule: String
        package let sentence: String

        package var description: String {
            "\(Decimals.text(Double(at.nanoseconds) / 1e9, places: 6)) s: \(rule): \(sentence)"
        }
    }

    package private(set) var violations: [Violation] = []
    package private(set) var sealedFrames: UInt64 = 0
    private var answers = AnswerChecker()
    private var messageIDs = MessageIDChecker()
    private var credits = CreditChecker()
    private var contents = ContentChecker()
    private var grants = GrantChecker()
    private let finishes = FinishChecker()
    /// What comes in pieces is put together again, at each station of a link, one link after
    /// the other.
    private var assemblers: [FrameAssembler] = []
    private static let violationsMax = 100

    package init() {}

    /// A server's bytes leave it; they have not arrived yet.
    mutating func answered(_ link: Int, _ bytes: [UInt8], at now: Instant) {
        each(bytes, of: link, .leaving, at: now) { checkers, message in
            checkers.credits.granted(message)
            checkers.answers.left(message)
            checkers.grants.left(message)
        }
    }

    mutating func arrived(_ link: Int, _ bytes: [UInt8], isRequest: Bool, at now: Instant) {
        each(bytes, of: link, isRequest ? .asking : .answering, at: now) { checkers, message in
            checkers.note(checkers.answers.saw(message), message)
            checkers.note(checkers.messageIDs.saw(message), message)
            checkers.note(checkers.credits.saw(message), message)
            checkers.note(checkers.contents.saw(message), message)
            checkers.note(checkers.grants.saw(message), message)
        }
    }

    /// A fault took or changed something on the link: what is missing there is nobody's bug.
    mutating func faulted(_ link: Int, by fault: String) {
        answers.excuse(link)
        credits.excuse(link)
        grants.excuse(link)
    }

    /// The requests that wait on the servers now.
    mutating func waiting(_ waits: [Emulator.Wait], at now: Instant) {
        note(grants.forgotten(among: waits), against: grants.rule, at: now)
    }

    /// The connection is gone, and what was outstanding on it with it.
    mutating func closed(_ link: Int, at now: Instant) {
        note(answers.closed(link, at: now), against: answers.rule, at: now)
        note(grants.closed(link, at: now), against: grants.rule, at: now)
        for station in Station.allCases where Self.place(link, station) < assemblers.count {
            assemblers[Self.place(link, station)] = FrameAssembler()
        }
    }

    /// The run is over; `isComplete` if all hosts came to their own end.
    mutating func finish(isComplete: Bool, at now: Instant) {
        note(grants.missing(at: now), against: grants.rule, at: now)
        guard isComplete else { return }
        for (at, sentence) in answers.unanswered(at: now) { add(answers.rule, sentence, at: at) }
    }

    /// The faults were over long before the end of the run.
    mutating func healed(_ hosts: [Host], at now: Instant) {
        note(finishes.unfinished(on: hosts, at: now), against: finishes.rule, at: now)
    }

    private mutating func note(_ sentences: [String], against rule: String, at now: Instant) {
        for sentence in sentences { add(rule, sentence, at: now) }
    }

    private mutating func note(_ broken: (rule: String, sentence: String)?, _ seen: SeenMessage) {
        if let broken { add(broken.rule, broken.sentence, at: seen.at) }
    }

    private mutating func add(_ rule: String, _ sentence: String, at now: Instant) {
        guard violations.count < Self.violationsMax else { return }
        violations.append(Violation(at: now, rule: rule, sentence: sentence))
    }

    /// Where bytes are seen.
    private enum Station: Int, CaseIterable {
        case asking
        case leaving
        case answering
    }

    private static func place(_ link: Int, _ station: Station) -> Int {
        link * Station.allCases.count + station.rawValue
    }

    private mutating func each(
        _ bytes: [UInt8],
        of link: Int,
        _ station: Station,
        at now: Instant,
        _ body: (inout Checkers, SeenMessage) -> Void
    ) {
        let place = Self.place(link, station)
        while assemblers.count <= place { assemblers.append(FrameAssembler()) }
        assemblers[place].append(bytes)
        do throws(FrameAssembler.Failure) {
            while let (buffer, frame) = try assemblers[place].next() {
                look(buffer, frame, of: link, station, at: now, body)
            }
        } catch {
            // No frames any more: the machines end such a connection.
        }
    }

    private mutating func look(
        _ bytes: [UInt8],
        _ frame: Range<Int>,
        of link: Int,
        _ station: Station,
        at now: Instant,
        _ body: (inout Checkers, SeenMessage) -> Void
    ) {
        guard FrameKind.of(bytes, in: frame) == .smb2,
            let elements = try? Message.elements(of: bytes, in: frame)
        else {
            sealedFrames += 1
            return
        }
        for range in elements {
            var reader = ByteReader(bytes, in: range)
            guard let header = try? Header(from: &reader) else { continue }
            let seen = SeenMessage(
                link: link,
                at: now,
                isRequest: station == .asking,
                header: header,
                frame: bytes,
                reader: reader
            )
            body(&self, seen)
        }
    }
}

/// A message on a link, as checkers see it.
struct SeenMessage {
    let link: Int
    let at: Instant
    let isRequest: Bool
    let header: Header
    /// The bytes that it came in, among others.
    let frame: [UInt8]
    /// Stands behind the header.
    let reader: ByteReader

    var isInterim: Bool { header.status == .pending }
    /// A server's own message, which answers nothing.
    var isNotification: Bool { header.messageID.rawValue == .max }

    var name: String { "link \(link): \(header.command.name) \(header.messageID.rawValue)" }

    func body<Body: MessageBody>(_: Body.Type = Body.self) -> Body? {
        var reader = reader
        return try? Body(from: &reader)
    }
}
