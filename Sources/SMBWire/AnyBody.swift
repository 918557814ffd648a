package import Primitives

/// The body of any message, chosen by what its header says: for dumps, the fuzzers and replays.
///
/// Machines know which body they expect and decode that one.
package enum AnyBody: Hashable, Sendable {
    case negotiateRequest(NegotiateRequest)
    case negotiateResponse(NegotiateResponse)
    case sessionSetupRequest(SessionSetupRequest)
    case sessionSetupResponse(SessionSetupResponse)
    case treeConnectRequest(TreeConnectRequest)
    case treeConnectResponse(TreeConnectResponse)
    case createRequest(CreateRequest)
    case createResponse(CreateResponse)
    case closeRequest(CloseRequest)
    case closeResponse(CloseResponse)
    case flushRequest(FlushRequest)
    case readRequest(ReadRequest)
    case readResponse(ReadResponse)
    case writeRequest(WriteRequest)
    case writeResponse(WriteResponse)
    case lockRequest(LockRequest)
    case ioctlRequest(IoctlRequest)
    case ioctlResponse(IoctlResponse)
    case queryDirectoryRequest(QueryDirectoryRequest)
    case changeNotifyRequest(ChangeNotifyRequest)
    case queryInfoRequest(QueryInfoRequest)
    case setInfoRequest(SetInfoRequest)
    case setInfoResponse(SetInfoResponse)
    case oplockBreak(OplockBreak)
    /// LOGOFF, TREE_DISCONNECT, ECHO and CANCEL; FLUSH and LOCK responses.
    case empty(EmptyBody)
    /// QUERY_DIRECTORY, CHANGE_NOTIFY and QUERY_INFO responses.
    case buffer(BufferResponse)
    case error(ErrorResponse)

    /// Decodes the body behind `header`, which the reader has just passed.
    package init(of header: Header, from reader: inout ByteReader) throws(WireError) {
        if !header.isResponse {
            self = try Self.request(header.command, &reader)
        } else if header.hasErrorBody {
            self = .error(try ErrorResponse(from: &reader))
        } else {
            self = try Self.response(header.command, &reader)
        }
    }

    private static func request(
        _ command: Command,
        _ reader: inout ByteReader
    ) throws(WireError) -> AnyBody {
        switch command {
        case .negotiate: .negotiateRequest(try NegotiateRequest(from: &reader))
        case .sessionSetup: .sessionSetupRequest(try SessionSetupRequest(from: &reader))
        case .treeConnect: .treeConnectRequest(try TreeConnectRequest(from: &reader))
        case .create: .createRequest(try CreateRequest(from: &reader))
        case .close: .closeRequest(try CloseRequest(from: &reader))
        case .flush: .flushRequest(try FlushRequest(from: &reader))
        case .read: .readRequest(try ReadRequest(from: &reader))
        case .write: .writeRequest(try WriteRequest(from: &reader))
        case .lock: .lockRequest(try LockRequest(from: &reader))
        case .ioctl: .ioctlRequest(try IoctlRequest(from: &reader))
        case .queryDirectory: .queryDirectoryRequest(try QueryDirectoryRequest(from: &reader))
        case .changeNotify: .changeNotifyRequest(try ChangeNotifyRequest(from: &reader))
        case .queryInfo: .queryInfoRequest(try QueryInfoRequest(from: &reader))
        case .setInfo: .setInfoRequest(try SetInfoRequest(from: &reader))
        case .oplockBreak: .oplockBreak(try OplockBreak(from: &reader))
        case .logoff, .treeDisconnect, .cancel, .echo: .empty(try EmptyBody(from: &reader))
        }
    }

    private static func response(
        _ command: Command,
        _ reader: inout ByteReader
    ) throws(WireError) -> AnyBody {
        switch command {
        case .negotiate: .negotiateResponse(try NegotiateResponse(from: &reader))
        case .sessionSetup: .sessionSetupResponse(try SessionSetupResponse(from: &reader))
        case .treeConnect: .treeConnectResponse(try TreeConnectResponse(from: &reader))
        case .create: .createResponse(try CreateResponse(from: &reader))
        case .close: .closeResponse(try CloseResponse(from: &reader))
        case .read: .readResponse(try ReadResponse(from: &reader))
        case .write: .writeResponse(try WriteResponse(from: &reader))
        case .ioctl: .ioctlResponse(try IoctlResponse(from: &reader))
        case .setInfo: .setInfoResponse(try SetInfoResponse(from: &reader))
        case .oplockBreak: .oplockBreak(try OplockBreak(from: &reader))
        case .queryDirectory, .changeNotify, .queryInfo: .buffer(try BufferResponse(from: &reader))
        case .logoff, .treeDisconnect, .cancel, .echo, .flush, .lock:
            .empty(try EmptyBody(from: &reader))
        }
    }

    package func encode(into writer: inout ByteWriter) {
        switch self {
        case .negotiateRequest(let body): body.encode(into: &writer)
        case .negotiateResponse(let body): body.encode(into: &writer)
        case .sessionSetupRequest(let body): body.encode(into: &writer)
        case .sessionSetupResponse(let body): body.encode(into: &writer)
        case .treeConnectRequest(let body): body.encode(into: &writer)
        case .treeConnectResponse(let body): body.encode(into: &writer)
        case .createRequest(let body): body.encode(into: &writer)
        case .createResponse(let body): body.encode(into: &writer)
        case .closeRequest(let body): body.encode(into: &writer)
        case .closeResponse(let body): body.encode(into: &writer)
        case .flushRequest(let body): body.encode(into: &writer)
        case .readRequest(let body): body.encode(into: &writer)
        case .readResponse(let body): body.encode(into: &writer)
        case .writeRequest(let body): body.encode(into: &writer)
        case .writeResponse(let body): body.encode(into: &writer)
        case .lockRequest(let body): body.encode(into: &writer)
        case .ioctlRequest(let body): body.encode(into: &writer)
        case .ioctlResponse(let body): body.encode(into: &writer)
        case .queryDirectoryRequest(let body): body.encode(into: &writer)
        case .changeNotifyRequest(let body): body.encode(into: &writer)
        case .queryInfoRequest(let body): body.encode(into: &writer)
        case .setInfoRequest(let body): body.encode(into: &writer)
        case .setInfoResponse(let body): body.encode(into: &writer)
        case .oplockBreak(let body): body.encode(into: &writer)
        case .empty(let body): body.encode(into: &writer)
        case .buffer(let body): body.encode(into: &writer)
        case .error(let body): body.encode(into: &writer)
        }
    }
}

extension Message {
    /// All messages of a frame with their bodies, in order; throws at the first that is malformed.
    package static func all(
        of bytes: [UInt8],
        in frame: Range<Int>
    ) throws(WireError) -> [(header: Header, body: AnyBody)] {
        var messages: [(header: Header, body: AnyBody)] = []
        for element in try elements(of: bytes, in: frame) {
            var reader = ByteReader(bytes, in: element)
            let header = try Header(from: &reader)
            messages.append((header, try AnyBody(of: header, from: &reader)))
        }
        return messages
    }
}

extension Header {
    /// Whether the body of this response is an `ErrorResponse`; its StructureSize does not tell,
    /// other responses have 9 too ([MS-SMB2] 3.3.4.4).
    package var hasErrorBody: Bool {
        switch (status, command) {
        case (.moreProcessingRequired, .sessionSetup): false
        case (.bufferOverflow, .queryInfo), (.bufferOverflow, .read), (.bufferOverflow, .ioctl):
            false
        case (.notifyCleanup, .changeNotify), (.notifyEnumDir, .changeNotify): false
        case (.success, _): false
        case (.pending, _): true
        default: status.severity >= 2
        }
    }
}
