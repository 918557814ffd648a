import Primitives
import SMBWire

/// What the redirector reads: frames from a server, any bytes at all.
@c(LLVMFuzzerTestOneInput)
package func fuzzResponses(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    var reader = ByteReader(bytes)
    switch FrameKind.of(bytes, in: 0..<count) {
    case .transform: _ = try? TransformHeader(from: &reader)
    case .smb1, .smb2, .compressed, .unknown: decode(bytes)
    }
    var assembler = FrameAssembler()
    assembler.append(bytes)
    while let next = try? assembler.next() { precondition(next.frame.upperBound <= count) }
    return 0
}

private func decode(_ bytes: [UInt8]) {
    for element in (try? Message.elements(of: bytes, in: 0..<bytes.count)) ?? [] {
        var reader = ByteReader(bytes, in: element)
        guard var header = try? Header(from: &reader) else { continue }
        // The direction is this target's: a mutated flag must not leave it.
        header.flags.insert(.serverToRedir)
        guard let body = try? AnyBody(of: header, from: &reader) else { continue }
        check(body, of: header)
        decodeContents(of: body)
    }
}

/// The structures that lie in the buffers of responses.
private func decodeContents(of body: AnyBody) {
    switch body {
    case .error(let error):
        _ = error.neededLength
        _ = try? error.symlink()
    case .buffer(let buffer): _ = try? DirectoryEntry.list(from: buffer.output)
    case .ioctlResponse(let ioctl):
        var output = ByteReader(ioctl.output)
        _ = try? ValidateNegotiateResponse(from: &output)
    default: break
    }
}

/// What was understood must survive being said again.
private func check(_ body: AnyBody, of header: Header) {
    var writer = ByteWriter()
    writer.beginMessage()
    header.encode(into: &writer)
    body.encode(into: &writer)
    var reader = ByteReader(writer.take())
    guard let again = try? Header(from: &reader), again == header,
        let same = try? AnyBody(of: again, from: &reader)
    else { preconditionFailure("\(body) was encoded to what is refused") }
    precondition(same == body, "\(body) became \(same)")
}
