internal import Primitives
internal import Redirector
internal import SMBWire
internal import TerminalServer
internal import Watchdog

/// What goes by between the hosts and the servers of a world.
struct WorldCapture: Sendable {
    /// One a host; empty where nobody wants them.
    private var rings: [FrameRing] = []
    private var cutters: [StreamCutter] = []
    private var ends: [[Int: ConnectionEnds]]
    private var frames: [CapturedFrame] = []

    init(_ plan: WorldPlan) {
        if plan.keepsFrames { rings = plan.hosts.map { _ in FrameRing() } }
        if plan.capturesFrames { cutters = plan.hosts.map { _ in StreamCutter() } }
        ends = plan.hosts.map { _ in [:] }
    }

    private var isOff: Bool { rings.isEmpty && cutters.isEmpty }

    mutating func connects(
        _ host: Int,
        _ number: ConnectionNumber,
        to address: String,
        _ machine: Host
    ) {
        guard !isOff else { return }
        ends[host][number.rawValue] = machine.ends(of: number, to: address, port: 445, tuple: nil)
    }

    mutating func note(
        _ host: Int,
        _ number: ConnectionNumber,
        isRequest: Bool,
        _ bytes: [UInt8],
        at now: Instant,
        _ hosts: [Host]
    ) {
        guard !isOff else { return }
        let piece = CapturedPiece(
            at: now,
            connection: number.rawValue,
            isRequest: isRequest,
            bytes: bytes
        )
        if !rings.isEmpty { rings[host].append(piece) }
        guard !cutters.isEmpty else { return }
        for cut in cutters[host].cut(piece) {
            if let frame = hosts[host].frame(cut, ends: ends[host]) { frames.append(frame) }
        }
    }

    func frames(of hang: Hang, _ host: Int, _ machine: Host) -> [CapturedFrame] {
        machine.frames(
            of: rings[host],
            ends: ends[host],
            sessions: hang.component,
            limit: Hang.framesMax
        )
    }

    mutating func takeAll() -> [CapturedFrame] {
        defer { frames = [] }
        return frames
    }
}
