package import NIOCore
internal import Synchronization

/// What goes over to an event loop: however much is put in until the loop gets to it, one hop takes
/// all of it.
///
/// As on a wire, what comes while the other side is busy waits and is read in one go.
package final class HopQueue<Element: Sendable>: Sendable {
    private let waiting = Mutex<[Element]>([])
    private let loop: any EventLoop
    private let take: @Sendable ([Element]) -> Void

    /// `take` is called on the loop.
    package init(to loop: any EventLoop, _ take: @escaping @Sendable ([Element]) -> Void) {
        self.loop = loop
        self.take = take
    }

    /// Puts a batch behind what waits; from any thread.
    package func put(_ batch: [Element]) {
        let isFirst = waiting.withLock { waiting in
            defer { waiting += batch }
            return waiting.isEmpty
        }
        guard isFirst, !batch.isEmpty else { return }
        loop.execute { [self] in take(takeAll()) }
    }

    private func takeAll() -> [Element] {
        waiting.withLock { waiting in
            var all: [Element] = []
            swap(&all, &waiting)
            return all
        }
    }
}
