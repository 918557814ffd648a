internal import SMBWire
internal import Synchronization

/// A pcapng file of all frames of a run, written while it runs.
final class CaptureFile: Sendable {
    private let file: AppendedFile
    private let encoder: Mutex<PcapNG?>

    /// Replaces what is there.
    init(creating path: String) throws(Failure) {
        file = try AppendedFile(creating: path, isReplacing: true)
        encoder = Mutex(nil)
    }

    var firstFailure: Failure? { file.firstFailure }

    /// `origin` is `Instant.zero` in nanoseconds since 1970.
    func begin(origin: UInt64) {
        encoder.withLock { encoder in
            guard encoder == nil else { return }
            encoder = PcapNG(origin: origin)
            file.append(bytes: PcapNG.header)
        }
    }

    /// From any thread; frames of one connection in their order.
    func append(_ frames: [CapturedFrame]) {
        encoder.withLock { encoder in
            var bytes: [UInt8] = []
            for frame in frames { bytes += encoder?.packets(of: frame) ?? [] }
            file.append(bytes: bytes)
        }
    }
}
