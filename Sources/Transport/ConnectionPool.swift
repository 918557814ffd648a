/// The connections of one host, wherever they lead: to sockets or into an emulated namespace.
///
/// All calls and all callbacks are on the host's event loop. What is sent waits until `flush`.
package protocol ConnectionPool: AnyObject {
    var owner: (any ConnectionPoolOwner)? { get set }

    /// Opens a connection; `opened` or `failedToOpen` follows, unless it is closed before.
    func open(_ socket: Int, address: String, port: UInt16)

    /// Appends to what the next `flush` writes; dropped when the connection is gone already.
    func send(_ socket: Int, _ bytes: [UInt8])

    /// Writes what was sent since the last flush.
    func flush()

    /// Closes without a word to the owner.
    func close(_ socket: Int)

    func closeAll()
}

/// What a `ConnectionPool` tells its owner; always on the pool's event loop.
package protocol ConnectionPoolOwner: AnyObject {
    /// `tuple` is both ends, as `127.0.0.1:50112 -> 127.0.0.2:445`; nil where there is no socket.
    func opened(_ socket: Int, tuple: String?)
    func failedToOpen(_ socket: Int, _ failure: SocketFailure)
    /// Bytes in the order in which they came, in pieces of any size.
    func received(_ socket: Int, _ bytes: [UInt8])
    /// The bytes at hand were all delivered: the moment to answer them in one go.
    func receivedAll()
    /// The peer closed or the connection broke; not called for what `close` closed.
    func closed(_ socket: Int, _ failure: SocketFailure)
}
