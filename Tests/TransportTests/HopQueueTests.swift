import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import Transport

struct HopQueueTests {
    @Test func `one hop takes all that was put in until the loop gets to it, in order`() throws {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let taken = Mutex<[[Int]]>([])
        let queue = HopQueue(to: loop) { batch in taken.withLock { $0.append(batch) } }
        // The loop is busy while these are put in.
        try loop.submit { for batch in [[1, 2], [], [3], [4, 5]] { queue.put(batch) } }.wait()
        try loop.submit {}.wait()
        #expect(taken.withLock { $0 } == [[1, 2, 3, 4, 5]])
    }

    @Test func `what is put in after a hop goes over with another one`() throws {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let taken = Mutex<[[Int]]>([])
        let queue = HopQueue(to: loop) { batch in taken.withLock { $0.append(batch) } }
        for number in 1...3 {
            queue.put([number])
            try loop.submit {}.wait()
        }
        #expect(taken.withLock { $0 } == [[1], [2], [3]])
    }
}
