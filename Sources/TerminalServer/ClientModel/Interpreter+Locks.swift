internal import Primitives

/// FIFO queues: a released lock is handed to the head of its queue, nobody overtakes.
///
/// A shared request behind a queued exclusive one waits.
extension Interpreter {
    /// Takes if it can be had now.
    ///
    /// `queued`: the asker is the head of the queue itself.
    mutating func take(_ lock: LockPlace, _ mode: Mode, queued: Bool) -> Bool {
        let isFirst = queued || locks[lock.table][lock.index].head < 0
        switch mode {
        case .unit:
            guard isFirst,
                locks[lock.table][lock.index].shared < locks[lock.table][lock.index].capacity
            else { return false }
            locks[lock.table][lock.index].shared += 1
        case .shared:
            guard isFirst, locks[lock.table][lock.index].exclusive == 0 else { return false }
            locks[lock.table][lock.index].shared += 1
        case .exclusive:
            guard isFirst, locks[lock.table][lock.index].exclusive == 0,
                locks[lock.table][lock.index].shared == 0
            else { return false }
            locks[lock.table][lock.index].exclusive += 1
        case .pass: return locks[lock.table][lock.index].exclusive == 0
        case .upgrade:
            guard locks[lock.table][lock.index].exclusive == 0,
                locks[lock.table][lock.index].shared == 1
            else { return false }
            locks[lock.table][lock.index].shared = 0
            locks[lock.table][lock.index].exclusive = 1
        }
        locks[lock.table][lock.index].grants &+= 1
        return true
    }

    mutating func give(_ lock: LockPlace, _ mode: Mode) {
        if mode == .exclusive {
            locks[lock.table][lock.index].exclusive -= 1
        } else {
            locks[lock.table][lock.index].shared -= 1
        }
    }

    /// Hands the lock to those who may have it now.
    ///
    /// A grantee runs to its next scheduling point at once: until then it does nothing that
    /// another task could see but what its locks protect.
    mutating func grantWaiters(at lock: LockPlace) {
        while locks[lock.table][lock.index].head >= 0 {
            let task = Int(locks[lock.table][lock.index].head)
            guard case .acquire(_, let mode, _, _) = model.code[Int(tasks[task].address)] else {
                preconditionFailure("\(task) waits at no acquire")
            }
            guard take(lock, mode, queued: true) else { return }
            locks[lock.table][lock.index].head = tasks[task].next
            if locks[lock.table][lock.index].head < 0 { locks[lock.table][lock.index].tail = -1 }
            tasks[task].next = -1
            tasks[task].status = .ready
            tasks[task].generation &+= 1
            tasks[task].outcome = .success
            granted(task, mode)
            woken.append(Int32(task))
        }
    }

    /// An upgrade goes to the front: it already holds, so nobody behind it could run before it.
    mutating func enqueue(_ task: Int, at lock: LockPlace, isFirst: Bool) {
        let tail = locks[lock.table][lock.index].tail
        tasks[task].grantsBefore = locks[lock.table][lock.index].grants
        if tail < 0 {
            locks[lock.table][lock.index].queuedSince = now
            locks[lock.table][lock.index].head = Int32(task)
            locks[lock.table][lock.index].tail = Int32(task)
        } else if isFirst {
            tasks[task].next = locks[lock.table][lock.index].head
            locks[lock.table][lock.index].head = Int32(task)
        } else {
            tasks[Int(tail)].next = Int32(task)
            locks[lock.table][lock.index].tail = Int32(task)
        }
    }

    mutating func remove(_ task: Int, from lock: LockPlace) {
        var previous: Int32 = -1
        var current = locks[lock.table][lock.index].head
        while current >= 0, current != Int32(task) {
            previous = current
            current = tasks[Int(current)].next
        }
        guard current >= 0 else { return }
        let next = tasks[task].next
        if previous < 0 {
            locks[lock.table][lock.index].head = next
        } else {
            tasks[Int(previous)].next = next
        }
        if next < 0 { locks[lock.table][lock.index].tail = previous }
        tasks[task].next = -1
    }

    mutating func pushTimer(_ timer: Timer) {
        var place = timers.endIndex
        timers.append(timer)
        while place > 0, timers[place].at < timers[(place - 1) / 2].at {
            timers.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    mutating func popTimer() {
        timers.swapAt(0, timers.endIndex - 1)
        timers.removeLast()
        var place = 0
        while true {
            var least = place
            for child in [2 * place + 1, 2 * place + 2] where child < timers.count {
                if timers[child].at < timers[least].at { least = child }
            }
            if least == place { return }
            timers.swapAt(place, least)
            place = least
        }
    }
}
