internal import Foundation

/// CPU time in seconds, user and kernel together.
enum CPUTime {
    /// Of this process, all threads.
    static var process: Double { seconds(CLOCK_PROCESS_CPUTIME_ID) }
    /// Of the thread that asks.
    static var thread: Double { seconds(CLOCK_THREAD_CPUTIME_ID) }

    private static func seconds(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

extension [Double] {
    /// The middle one, the higher of two; there has to be one.
    var median: Double { sorted()[count / 2] }
}
