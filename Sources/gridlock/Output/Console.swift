internal import Foundation
internal import Primitives
internal import TerminalServer

/// Results go to standard output, everything else to standard error.
enum Console {
    /// A standard stream that was closed before the program began: nothing else may get its number,
    /// or results would be written into the first file that is opened.
    static func occupyStandardDescriptors() {
        for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO]
        where fcntl(descriptor, F_GETFD) < 0 {
            // The lowest free number is this one; for reading only, so that a write to it fails.
            _ = open("/dev/null", O_RDONLY)
        }
    }

    /// Fails with a sentence where standard output takes no more: a closed pipe, a full disk.
    static func result(_ text: String) throws(Failure) {
        guard write(text, to: STDOUT_FILENO) else {
            let reason = String(cString: strerror(errno))
            throw Failure(.cannotWrite, "cannot write to standard output: \(reason)")
        }
    }

    /// A line for the person; lost if nobody listens any more, which ends nothing.
    static func note(_ line: String) { _ = write(line + "\n", to: STDERR_FILENO) }

    /// Something that happened on a host, with its time.
    static func note(_ event: HostEvent) {
        let seconds = Decimals.text(Double(event.at.nanoseconds) / 1e9, places: 1)
        let place = event.session.map { " \($0)" } ?? ""
        note("\(seconds) s\(place): \(event.sentence)")
    }

    private static func write(_ text: String, to descriptor: Int32) -> Bool {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes {
                Foundation.write(descriptor, $0.baseAddress, $0.count)
            }
            if written < 0 {
                if errno == EINTR { continue }
                return false
            }
            rest = rest.dropFirst(written)
        }
        return true
    }
}
