import Dashboard
import DashboardSupport

/// Screens as a person would bring them up.
enum Drawn {
    struct Size: Hashable, Sendable, CustomStringConvertible {
        let width: Int
        let height: Int
        var description: String { "\(width)x\(height)" }
    }

    static let sizes = [
        Size(width: 120, height: 40), Size(width: 200, height: 50), Size(width: 60, height: 16),
        Size(width: 38, height: 10),
    ]

    static func screen(
        _ model: DashboardModel,
        _ view: ViewState.View,
        width: Int,
        height: Int,
        characters: Characters = .unicode
    ) -> Screen {
        let state = state(showing: view, of: model, characters: characters)
        return DashboardView.screen(of: model, state, width: width, height: height)
    }

    /// A state whose view is `view`, with session 17 selected where one is.
    static func state(
        showing view: ViewState.View,
        of model: DashboardModel,
        characters: Characters = .unicode
    ) -> ViewState {
        var state = ViewState(characters: characters)
        let keys: [Unicode.Scalar] =
            switch view {
            case .overview: ["1"]
            case .sessions: ["2"]
            case .detail: ["2", "/", "1", "7"]
            case .waitFor: ["4"]
            case .events: ["5"]
            case .help: ["?"]
            }
        for key in keys { _ = state.pressed(.character(key), seeing: model, rows: 24) }
        if view == .detail {
            for _ in 0..<2 { _ = state.pressed(.enter, seeing: model, rows: 24) }
        }
        return state
    }
}
