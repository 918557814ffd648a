/// The program text of a client model, nested like the locks it takes.
package indirect enum Statement: Hashable, Sendable {
    case hold(Resource, Mode, within: Int?, [Statement])
    case upgrade(Resource, [Statement])
    case singleFlight(Resource, [Statement])
    case request(ModelRequest, within: Int?)
    case consult(Query)
    case perform(String, within: Int?)
    case launch(String)
    case when(Condition, [Statement], otherwise: [Statement])
    case assign(Fact, Bool)
    case loop([Statement])
    case again
    case leave
    case finish
    case abandon
}

@resultBuilder
package enum ProgramBuilder {
    package static func buildExpression(_ statement: Statement) -> [Statement] { [statement] }
    package static func buildExpression(_ group: [Statement]) -> [Statement] { group }
    package static func buildBlock(_ groups: [Statement]...) -> [Statement] {
        groups.flatMap { $0 }
    }
}

package typealias Body = () -> [Statement]

/// Takes the resource, runs the body, gives it back on every way out of the body.
package func hold(
    _ resource: Resource,
    _ mode: Mode = .exclusive,
    within seconds: Int? = nil,
    @ProgramBuilder _ body: Body
) -> Statement {
    .hold(resource, resource.isCounting ? .unit : mode, within: seconds, body())
}

/// Inside `hold(resource, .shared)`: waits until no one else shares it.
package func upgrade(_ resource: Resource, @ProgramBuilder _ body: Body) -> Statement {
    .upgrade(resource, body())
}

/// The first runs the body; whoever comes meanwhile only waits for its end.
package func singleFlight(_ resource: Resource, @ProgramBuilder _ body: Body) -> Statement {
    .singleFlight(resource, body())
}

/// Sends and waits for the answer.
package func request(_ request: ModelRequest, within seconds: Int? = nil) -> Statement {
    .request(request, within: seconds)
}

/// Asks or tells the host's own machines something, under the locks that are held here.
package func consult(_ query: Query) -> Statement { .consult(query) }

/// Starts another program of this session and waits for its end.
package func perform(_ program: String, within seconds: Int? = nil) -> Statement {
    .perform(program, within: seconds)
}

/// Starts another program of this session and goes on.
package func launch(_ program: String) -> Statement { .launch(program) }

package func when(
    _ condition: Condition,
    @ProgramBuilder _ body: Body,
    @ProgramBuilder otherwise: Body = { [] }
) -> Statement {
    .when(condition, body(), otherwise: otherwise())
}

package func unless(_ condition: Condition, @ProgramBuilder _ body: Body) -> Statement {
    .when(condition, [], otherwise: body())
}

package func insert(_ fact: Fact) -> Statement { .assign(fact, true) }
package func remove(_ fact: Fact) -> Statement { .assign(fact, false) }

/// Repeats its body until `leave`, `finish` or `abandon`.
package func loop(@ProgramBuilder _ body: Body) -> Statement { .loop(body()) }

package let again = Statement.again
package let leave = Statement.leave
package let finish = Statement.finish
/// The session ends here and gives nothing back.
package let abandon = Statement.abandon

/// Who runs a program, and when.
package enum Role: Hashable, Sendable {
    /// An operation that a session begins.
    case operation
    /// Started by `perform` or `launch`, or by the host for a session: a break has come.
    case agent
    /// Started by the host for a server and no session: a connection was lost.
    case hostAgent
}

package struct Program: Hashable, Sendable {
    package let name: String
    package let role: Role
    package let body: [Statement]

    package init(_ name: String, _ role: Role = .operation, @ProgramBuilder _ body: Body) {
        self.name = name
        self.role = role
        self.body = body()
    }
}

/// How a host's Dfs client and redirector take their locks, as data: see `Models.swift`.
package struct ClientModel: Hashable, Sendable {
    package let name: String
    package let source: String
    /// Units of each counting resource, by name; what is not named has `defaultUnits`.
    package let units: [String: Int]
    /// Facts that are true from the start.
    package let given: [Fact]
    package let programs: [Program]

    package static let defaultUnits = 2

    package init(
        _ name: String,
        from source: String,
        units: [String: Int] = [:],
        given: [Fact] = [],
        programs: [Program]
    ) {
        self.name = name
        self.source = source
        self.units = units
        self.given = given
        self.programs = programs
    }
}
