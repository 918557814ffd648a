package import Primitives

/// Who waits for what and who holds what, as flat values: all that an observer needs to know.
package struct WaitsAndHolds: Hashable, Sendable {
    package struct Wait: Hashable, Sendable {
        package let task: Int
        /// `PKT`, `CONN[fs1]`, or the name of the request whose answer is awaited.
        package let resource: String
        package let mode: Mode?
        package let since: Instant
        /// The line of the client model's listing.
        package let line: Int
        /// Changes with every block, grant and answer: the same number is the same wait.
        package let generation: UInt32
    }

    package struct Hold: Hashable, Sendable {
        package let task: Int
        package let resource: String
        package let mode: Mode
        package let since: Instant
        package let line: Int
    }

    package var waits: [Wait] = []
    package var holds: [Hold] = []
}

extension Interpreter {
    /// Everyone who is under way; `name` turns a scope's index into what it stands for.
    package func waitsAndHolds(naming name: (Scope, Int) -> String) -> WaitsAndHolds {
        var found = WaitsAndHolds()
        for task in tasks.indices where tasks[task].status != .idle {
            appendHolds(of: task, naming: name, to: &found)
            switch (tasks[task].status, model.code[Int(tasks[task].address)]) {
            case (.waiting, .acquire(let resource, let mode, _, _)):
                appendWait(of: task, for: label(resource, task, name), mode, to: &found)
            case (.pending, .request(let request, _)):
                let wanted = model.requests[Int(request)]
                let place = name(wanted.end, tasks[task].key.index(in: wanted.end))
                appendWait(of: task, for: "\(wanted.name)[\(place)]", nil, to: &found)
            default: break
            }
        }
        return found
    }

    private func appendWait(
        of task: Int,
        for resource: String,
        _ mode: Mode?,
        to found: inout WaitsAndHolds
    ) {
        found.waits.append(
            WaitsAndHolds.Wait(
                task: task,
                resource: resource,
                mode: mode,
                since: waitSince[task],
                line: line(of: task),
                generation: tasks[task].generation
            )
        )
    }

    private func appendHolds(
        of task: Int,
        naming name: (Scope, Int) -> String,
        to found: inout WaitsAndHolds
    ) {
        for (depth, index) in model.holdRange(at: tasks[task].address).enumerated() {
            let hold = model.hold(index)
            found.holds.append(
                WaitsAndHolds.Hold(
                    task: task,
                    resource: label(hold.resource, task, name),
                    mode: hold.mode,
                    since: holdSince[task * model.holdsMax + depth],
                    line: Int(hold.line)
                )
            )
        }
    }

    private func label(_ resource: UInt8, _ task: Int, _ name: (Scope, Int) -> String) -> String {
        let kind = model.resources[Int(resource)]
        guard kind.scope != .host else { return kind.name }
        return "\(kind.name)[\(name(kind.scope, tasks[task].key.index(in: kind.scope)))]"
    }

    /// The line of the program at which the task stands.
    package func line(of task: Int) -> Int { Int(model.lines[Int(tasks[task].address)]) }
}
