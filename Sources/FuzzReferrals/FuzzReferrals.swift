import Dfs
import Primitives
import SMBWire

/// What a Dfs client reads: any bytes as the answer to each of its referral requests.
@c(LLVMFuzzerTestOneInput)
package func fuzzReferrals(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    var reader = ByteReader(bytes)
    _ = try? ReferralRequest(from: &reader)
    var settings = DfsSettings()
    // The first byte chooses between a machine in a domain and one in none.
    if let first = bytes.first, first & 1 == 1 { settings.bootstrapDC = "dc1" }
    var client = DfsClient(settings: settings)
    var resolution = client.begin(UNCPath(referral: #"\ns1\dfs\a\b"#))
    let statuses: [NTStatus] = [.success, .pathNotCovered, .ioTimeout, .accessDenied]
    for round in 0..<100 {
        switch client.advance(&resolution, at: .zero) {
        case .referral(let need):
            client.answered(&resolution, need, status: .success, output: bytes, at: .zero)
        case .attempt(_, let target):
            let status = statuses[Int(bytes.isEmpty ? 0 : bytes[round % count]) % statuses.count]
            client.attempted(&resolution, target, status: status, at: .zero)
        case .notDfs, .failed: return 0
        }
        if resolution.hasEnded { return 0 }
    }
    preconditionFailure("a resolution did not end in a hundred rounds")
}
