/// The whole screen as a function of what is known, what is asked for, and the room there is.
package enum DashboardView {
    /// Under this size only the essence is shown; the run goes on.
    static let widthMin = 60
    static let heightMin = 16

    package static func screen(
        of model: DashboardModel,
        _ state: ViewState,
        width: Int,
        height: Int
    ) -> Screen {
        let context = Context(model: model, state: state)
        var screen = Screen(width: width, height: height)
        guard width >= widthMin, height >= heightMin else {
            SmallPanel(context: context).draw(into: &screen)
            return screen
        }
        let all = screen.frame.area
        let headerRows = HeaderPanel.rows(in: state.view)
        let (header, belowHeader) = all.top(headerRows)
        let (tabs, belowTabs) = belowHeader.top(1)
        let (body, footer) = belowTabs.top(belowTabs.height - 1)
        HeaderPanel(context: context).draw(into: &screen, in: header)
        TabsPanel(context: context).draw(into: &screen, in: tabs)
        draw(context, into: &screen, in: body)
        FooterPanel(context: context).draw(into: &screen, in: footer)
        OverlayPanel(context: context).draw(into: &screen, in: body)
        return screen
    }

    private static func draw(_ context: Context, into screen: inout Screen, in body: Area) {
        switch context.state.view {
        case .overview: OverviewLayout(context: context).draw(into: &screen, in: body)
        case .sessions: SessionsPanel(context: context).draw(into: &screen, in: body)
        case .detail: DetailPanel(context: context).draw(into: &screen, in: body)
        case .waitFor: WaitForPanel(context: context).draw(into: &screen, in: body)
        case .events: EventsPanel(context: context).draw(into: &screen, in: body)
        case .help: HelpPanel(context: context).draw(into: &screen, in: body)
        }
    }
}
