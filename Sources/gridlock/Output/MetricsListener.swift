internal import NIOCore
internal import NIOPosix
internal import Report
internal import Synchronization
internal import Transport

/// Answers a scraper while the run goes on: `GET /metrics` in as much of HTTP/1.1 as that needs.
///
/// It has a thread of its own and sees finished values only, so a slow scraper slows no session.
final class MetricsListener: Sendable {
    private static let portDefault = 9_464

    private let latest = LatestSummary()
    private let channel: any Channel

    /// Listens on ADDRESS, ADDRESS:PORT or [IPv6]:PORT; port 0 takes any that is free.
    init(on place: String) throws(Failure) {
        guard let (address, port) = Self.parse(place) else {
            throw Failure(
                .usage,
                "--metrics-listen: expected ADDRESS[:PORT], found “\(place)”"
            )
        }
        let latest = latest
        do {
            channel = try ServerBootstrap(group: MultiThreadedEventLoopGroup(numberOfThreads: 1))
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(ScrapeHandler(latest))
                    }
                }
                .bind(host: address, port: port).wait()
        } catch {
            throw Failure(.usage, "--metrics-listen: cannot listen on \(place): \(error)")
        }
    }

    /// Where a scraper finds the page.
    var location: String {
        "http://\(channel.localAddress?.endpoint ?? "?")/metrics"
    }

    func publish(_ run: RunSummary) { latest.summary.withLock { $0 = run } }

    private static func parse(_ place: String) -> (address: String, port: Int)? {
        guard let colon = place.lastIndex(of: ":"),
            place.hasPrefix("[") || place.firstIndex(of: ":") == colon
        else { return place.isEmpty ? nil : (place, portDefault) }
        guard let port = UInt16(place[place.index(after: colon)...]) else { return nil }
        let host = place[..<colon].filter { $0 != "[" && $0 != "]" }
        return host.isEmpty ? nil : (host, Int(port))
    }
}

/// What a scraper gets: the newest figures, made into text only when somebody asks.
private final class LatestSummary: Sendable {
    let summary = Mutex<RunSummary?>(nil)
}

/// One request, one answer, and the connection is over.
private final class ScrapeHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// No honest request line and header is longer.
    private static let requestMax = 8_192

    private let latest: LatestSummary
    private var request = ""

    init(_ latest: LatestSummary) { self.latest = latest }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        request += String(decoding: bytes.readableBytesView, as: UTF8.self)
        guard request.contains("\r\n\r\n") || request.utf8.count > Self.requestMax else { return }
        let answer = answer(to: request.prefix { $0 != "\r\n" })
        request = ""
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: answer)), promise: nil)
        context.close(promise: nil)
    }

    private func answer(to line: Substring) -> String {
        let words = line.split(separator: " ")
        guard words.count == 3, words[0] == "GET" else {
            return Self.response("405 Method Not Allowed", "text/plain", "only GET /metrics\n")
        }
        guard words[1] == "/metrics" || words[1].hasPrefix("/metrics?") else {
            return Self.response("404 Not Found", "text/plain", "the page is /metrics\n")
        }
        guard let run = latest.summary.withLock({ $0 }) else {
            return Self.response("503 Service Unavailable", "text/plain", "nothing measured yet\n")
        }
        return Self.response("200 OK", Metrics.contentType, Metrics.text(run))
    }

    private static func response(_ status: String, _ type: String, _ body: String) -> String {
        "HTTP/1.1 \(status)\r\nContent-Type: \(type)\r\nContent-Length: \(body.utf8.count)\r\n"
            + "Connection: close\r\n\r\n\(body)"
    }
}
