internal import Foundation
internal import Synchronization

/// A file of lines that survives the death of the program: each line is handed to the operating
/// system in one piece before the call returns.
package final class AppendedFile: Sendable {
    private let descriptor: Int32
    private let path: String
    private let failure = Mutex<Failure?>(nil)

    /// Appends to what is there, unless `isReplacing`.
    package init(creating path: String, isReplacing: Bool = false) throws(Failure) {
        let flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | (isReplacing ? O_TRUNC : 0)
        descriptor = open(path, flags, 0o644)
        self.path = path
        guard descriptor >= 0 else {
            throw Failure(.cannotWrite, "cannot write \(path): \(RunDirectory.systemError)")
        }
    }

    deinit { close(descriptor) }

    /// The first write that went wrong; later lines are dropped.
    package var firstFailure: Failure? { failure.withLock { $0 } }

    /// Appends the line and a newline; false when it could not be written whole.
    @discardableResult
    package func append(_ line: String) -> Bool { append(bytes: Array((line + "\n").utf8)) }

    /// False when they could not be written whole.
    ///
    /// What only fits in part is taken back: what stands in the file are whole lines or records.
    @discardableResult
    package func append(bytes: [UInt8]) -> Bool {
        failure.withLock { failure in
            guard failure == nil else { return false }
            let before = lseek(descriptor, 0, SEEK_END)
            let written = bytes.withUnsafeBytes {
                Foundation.write(descriptor, $0.baseAddress, $0.count)
            }
            if written == bytes.count { return true }
            let reason = written < 0 ? RunDirectory.systemError : "the disk is full"
            if written > 0 { ftruncate(descriptor, before) }
            failure = Failure(.cannotWrite, "cannot write \(path): \(reason)")
            return false
        }
    }
}
