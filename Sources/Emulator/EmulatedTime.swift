package import Primitives

extension Instant {
    /// FILETIME ([MS-DTYP] 2.3.3) of this point of the run, as emulated servers tell the time: a
    /// run begins on 1 January 2026, so that the same run has the same bytes every time.
    package var fileTime: UInt64 { FileSystem.defaultEpoch + nanoseconds / 100 }
}
