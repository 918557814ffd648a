internal import Primitives
internal import Redirector
internal import SMBWire
internal import TerminalServer

/// What goes by on a host's connections: the newest of it for whoever asks, all of it for a file.
struct HostCapture {
    private var ring: FrameRing?
    private var cutter = StreamCutter()
    private var frames: [CapturedFrame] = []
    private let takeAll: (@Sendable ([CapturedFrame]) -> Void)?
    private var places: [Int: (address: String, port: UInt16)] = [:]
    private var ends: [Int: ConnectionEnds] = [:]

    init(_ ports: HostPorts) {
        ring = ports.keepsFrames ? FrameRing() : nil
        takeAll = ports.capture
    }

    mutating func connects(_ number: ConnectionNumber, to address: String, port: UInt16) {
        places[number.rawValue] = (address, port)
    }

    mutating func opened(_ number: ConnectionNumber, tuple: String?, _ host: Host) {
        guard let place = places.removeValue(forKey: number.rawValue) else { return }
        ends[number.rawValue] = host.ends(
            of: number,
            to: place.address,
            port: place.port,
            tuple: tuple
        )
    }

    /// Takes the array as it is: nothing is copied or cut unless all frames are wanted.
    mutating func note(
        _ connection: Int,
        isRequest: Bool,
        _ bytes: [UInt8],
        at now: Instant,
        _ host: @autoclosure () -> Host
    ) {
        let piece = CapturedPiece(
            at: now,
            connection: connection,
            isRequest: isRequest,
            bytes: bytes
        )
        ring?.append(piece)
        guard takeAll != nil else { return }
        for cut in cutter.cut(piece) {
            if let frame = host().frame(cut, ends: ends) { frames.append(frame) }
        }
    }

    mutating func handOver() {
        guard let takeAll, !frames.isEmpty else { return }
        takeAll(frames)
        frames = []
    }

    func frames(of sessions: [SessionNumber], limit: Int, _ host: Host) -> [CapturedFrame] {
        ring.map { host.frames(of: $0, ends: ends, sessions: sessions, limit: limit) } ?? []
    }
}
