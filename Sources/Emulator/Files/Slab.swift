/// Values at numbered places; a place is used again, its generation is not.
struct Slab<Element: Hashable & Sendable>: Hashable, Sendable {
    private var elements: [Element] = []
    private var generations: [UInt32] = []
    private var isAlive: [Bool] = []
    private var free: [Int] = []

    /// Read and changed in place: taking an element out would copy what it holds.
    subscript(index: Int) -> Element {
        _read { yield elements[index] }
        _modify { yield &elements[index] }
    }

    mutating func insert(_ element: Element) -> Int {
        if let index = free.popLast() {
            elements[index] = element
            isAlive[index] = true
            return index
        }
        elements.append(element)
        generations.append(1)
        isAlive.append(true)
        return elements.count - 1
    }

    /// Frees the place; `empty` stands there meanwhile and holds no memory.
    mutating func remove(_ index: Int, leaving empty: Element) {
        elements[index] = empty
        isAlive[index] = false
        generations[index] &+= 1
        free.append(index)
    }

    func generation(of index: Int) -> UInt32 { generations[index] }

    func isLive(_ index: Int, generation: UInt32) -> Bool {
        elements.indices.contains(index) && isAlive[index] && generations[index] == generation
    }

    /// The places in use, in order.
    var indices: [Int] { elements.indices.filter { isAlive[$0] } }
}
