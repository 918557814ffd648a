package import Primitives

/// A key as the terminal reports it.
package enum Key: Hashable, Sendable {
    case character(Unicode.Scalar)
    /// The letter that was pressed together with Control.
    case control(Unicode.Scalar)
    case up
    case down
    case left
    case right
    case pageUp
    case pageDown
    case home
    case end
    case enter
    case escape
    case tab
    case backTab
    case backspace
    case delete
    case help
}

/// What the mouse did, and where; columns and rows count from 0.
package enum MouseEvent: Hashable, Sendable {
    case click(x: Int, y: Int)
    case wheelUp
    case wheelDown
}

/// What the person wants of the run or of the terminal; everything else the view does by itself.
package enum Intent: Hashable, Sendable {
    case pause
    case resume
    case addSessions(Int)
    case removeSessions(Int)
    /// Write the wait-for graph to the run directory.
    case dump
    /// End the operation of one session of a hang, so that the others get what it holds.
    case breakHang(Int, victim: SessionNumber)
    /// Switch the fault with this index.
    case setFault(Int, isOn: Bool)
    /// End the load, write the results, and stay.
    case stop
    /// End the load if it is on, write the results, and leave.
    case quit
    /// As SIGINT: end the run at once, write the results, and leave with that code.
    case interrupt
    /// Stop the process, as Ctrl-Z does.
    case suspend
    /// Paint everything anew.
    case redraw
}
