/// The correct client: nothing of the Dfs client is held while a connection or an answer is
/// waited for.
extension ClientModel {
    /// No MUP or PKT lock is held while waiting for CONN or a reply.
    ///
    /// REF is a marker whose followers hold nothing; everybody looks again after waiting.
    package static let fixed = ClientModel(
        "fixed",
        from: "Mup.sys 06/12/1999; Linux dfs_cache.c",
        programs: correctPrograms.all
    )

    /// Everything as a correct client does it; models change what their articles tell.
    static var correctPrograms: HostPrograms {
        var programs = HostPrograms(throughDfs: { $0 })
        let correct = programs
        programs.throughDfs = { correct.correctly($0) }
        return programs
    }
}
