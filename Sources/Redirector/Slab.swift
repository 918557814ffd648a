/// The number of something in a `Slab`: it never means anything else once that is gone.
package struct SlotNumber<Kind>: Hashable, Sendable {
    let slot: UInt32
    let generation: UInt32

    /// As one integer, for shells that key sockets by it.
    package var rawValue: Int { Int(generation) << 32 | Int(slot) }
}

package enum ConnectionKind {}
package enum SMBSessionKind {}
package enum TreeKind {}
package enum OpenKind {}

package typealias ConnectionNumber = SlotNumber<ConnectionKind>
package typealias SMBSessionNumber = SlotNumber<SMBSessionKind>
package typealias TreeNumber = SlotNumber<TreeKind>
package typealias OpenNumber = SlotNumber<OpenKind>

/// Values with numbers; slots are used again, numbers are not.
struct Slab<Element: Hashable & Sendable, Kind>: Hashable, Sendable {
    /// Changed in place by index: taking an element out would copy what it holds.
    var elements: [Element] = []
    private var generations: [UInt32] = []
    private var isAlive: [Bool] = []
    private var free: [Int] = []

    mutating func insert(_ element: Element) -> (index: Int, number: SlotNumber<Kind>) {
        if let index = free.popLast() {
            elements[index] = element
            isAlive[index] = true
            return (index, number(at: index))
        }
        elements.append(element)
        generations.append(0)
        isAlive.append(true)
        return (elements.count - 1, number(at: elements.count - 1))
    }

    /// The slot of a number that is still alive.
    func index(of number: SlotNumber<Kind>) -> Int? {
        let slot = Int(number.slot)
        guard slot < elements.count, generations[slot] == number.generation else { return nil }
        return slot
    }

    func number(at index: Int) -> SlotNumber<Kind> {
        SlotNumber(slot: UInt32(index), generation: generations[index])
    }

    /// The slots in use that fit, in order.
    func indices(where fits: (Element) -> Bool) -> [Int] {
        elements.indices.filter { isAlive[$0] && fits(elements[$0]) }
    }

    mutating func remove(at index: Int) {
        isAlive[index] = false
        generations[index] &+= 1
        free.append(index)
    }
}
