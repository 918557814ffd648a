internal import Foundation

/// Asks at the terminal for a password, without showing it.
package enum PasswordPrompt {
    /// Fails with a sentence where there is no terminal to ask at.
    package static func ask(for user: String) throws(CredentialsError) -> Secret {
        let terminal = open("/dev/tty", O_RDWR | O_CLOEXEC)
        guard terminal >= 0 else {
            throw CredentialsError(
                "no password for \(user): give --password-file or GRIDLOCK_PASSWORD; there is "
                    + "no terminal to ask at"
            )
        }
        defer { close(terminal) }
        var settings = termios()
        guard tcgetattr(terminal, &settings) == 0 else {
            throw CredentialsError("cannot ask for the password of \(user) at this terminal")
        }
        let before = settings
        settings.c_lflag &= ~tcflag_t(ECHO)
        // Signals that would leave the terminal silent wait until it echoes again.
        var blocked = sigset_t()
        var previous = sigset_t()
        sigemptyset(&blocked)
        for signal in [SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGQUIT] { sigaddset(&blocked, signal) }
        pthread_sigmask(SIG_BLOCK, &blocked, &previous)
        var quiet = settings
        var echoing = before
        tcsetattr(terminal, TCSAFLUSH, &quiet)
        defer {
            tcsetattr(terminal, TCSAFLUSH, &echoing)
            pthread_sigmask(SIG_SETMASK, &previous, nil)
        }
        return Secret(line(from: terminal, prompt: "Password of \(user): "))
    }

    private static func line(from terminal: Int32, prompt: String) -> String {
        let question = Array(prompt.utf8)
        _ = write(terminal, question, question.count)
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        while bytes.count < 4_096, read(terminal, &byte, 1) == 1, byte != 10 {
            bytes.append(byte)
        }
        _ = write(terminal, [10], 1)
        return String(decoding: bytes, as: UTF8.self)
    }
}
