package import Primitives

/// What the person looks at and how: a machine from keys and clicks to intents.
///
/// It knows nothing of terminals and of runs; the model that the person sees comes with each key.
package struct ViewState: Hashable, Sendable {
    package enum View: Int, Hashable, Sendable, CaseIterable {
        case overview
        case sessions
        case detail
        case waitFor
        case events
        case help
    }

    /// What lies over the view and takes the keys.
    enum Overlay: Hashable, Sendable {
        /// A filter for sessions, or words to look for in events, being typed.
        case typing(String, problem: String?)
        case asking(Question)
        /// The list of faults, with the row of the cursor.
        case faults(Int)
        /// The members of a hang, with the row of the cursor.
        case victim(hang: Int, row: Int)
    }

    /// What is done only when the person says yes.
    enum Question: Hashable, Sendable {
        case quit
        case stop
        case pause
        case suspend
        case breakHang(Int, victim: SessionNumber)
    }

    package internal(set) var view = View.overview
    /// Where Escape leads from detail and help.
    var viewBefore = View.overview
    var overlay: Overlay?
    /// What the last key did, or why it did nothing; until the next key.
    package internal(set) var note = ""

    var order = SessionOrder()
    var filter: Filter?
    /// The row of the sessions view, counted over all pages.
    var cursor = 0
    /// The session that the cursor stays on wherever it moves to.
    var followed: SessionNumber?
    /// The session of the detail view.
    var focus: SessionNumber?

    /// The row of the list of components.
    var component = 0
    var eventFloor = DashboardModel.Event.Level.information
    var eventWords = ""
    var eventSession: SessionNumber?
    /// How many of the newest events lie below the screen; 0 follows the newest.
    var eventScroll = 0
    var helpScroll = 0

    /// The display stands still, not the run.
    package internal(set) var isFrozen = false
    package internal(set) var theme: Theme.Name
    package internal(set) var characters: Characters
    /// The terminal has no better characters to change to.
    let isASCIIOnly: Bool

    /// A text is being typed: what is pasted belongs to it.
    package var isTyping: Bool {
        if case .typing = overlay { return true }
        return false
    }

    /// A view for a terminal that can show `characters`.
    package init(theme: Theme.Name = .standard, characters: Characters = .unicode) {
        self.theme = theme
        self.characters = characters
        isASCIIOnly = characters == .ascii
    }

    /// The session whose detail the next model should hold, if any.
    package func wanted(in model: DashboardModel) -> SessionNumber? {
        view == .detail ? focus : selected(in: model)
    }

    /// The session under the cursor of the sessions view.
    func selected(in model: DashboardModel) -> SessionNumber? {
        let rows = rows(of: model)
        guard let row = cursorRow(in: rows, of: model) else { return nil }
        return model.sessions[rows[row]].number
    }

    /// The sessions view's rows, as indices into the model's sessions.
    func rows(of model: DashboardModel) -> [Int] {
        order.rows(
            of: model.sessions,
            passing: filter,
            leastAge: model.run.worthListing
        )
    }

    /// Where the cursor is among `rows`; nil if there are none.
    func cursorRow(in rows: [Int], of model: DashboardModel) -> Int? {
        guard !rows.isEmpty else { return nil }
        if let followed,
            let row = rows.firstIndex(where: { model.sessions[$0].number == followed })
        {
            return row
        }
        return min(max(0, cursor), rows.count - 1)
    }
}
