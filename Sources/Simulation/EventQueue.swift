internal import Primitives

/// What is on its way in the world, the earliest first; equal times keep the order of their making.
struct EventQueue<Event: Hashable & Sendable>: Hashable, Sendable {
    private struct Entry: Hashable, Sendable {
        let at: Instant
        let sequence: UInt64
        let event: Event
    }

    private var heap: [Entry] = []
    private var sequence: UInt64 = 0

    var next: Instant? { heap.first?.at }
    var isEmpty: Bool { heap.isEmpty }

    mutating func add(_ event: Event, at instant: Instant) {
        heap.append(Entry(at: instant, sequence: sequence, event: event))
        sequence += 1
        var place = heap.endIndex - 1
        while place > 0, isBefore(place, (place - 1) / 2) {
            heap.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    mutating func removeFirst() -> (at: Instant, event: Event)? {
        guard let first = heap.first else { return nil }
        heap.swapAt(0, heap.endIndex - 1)
        heap.removeLast()
        var place = 0
        while true {
            var least = place
            for child in [2 * place + 1, 2 * place + 2]
            where child < heap.count && isBefore(child, least) {
                least = child
            }
            if least == place { return (first.at, first.event) }
            heap.swapAt(place, least)
            place = least
        }
    }

    private func isBefore(_ left: Int, _ right: Int) -> Bool {
        (heap[left].at, heap[left].sequence) < (heap[right].at, heap[right].sequence)
    }
}
