/// How many credits, and so MessageIds, a request takes ([MS-SMB2] 3.2.4.1.5).
package enum CreditCharge {
    /// What one credit pays for, in bytes.
    package static let payload = 65_536

    /// The charge for the greater of what is sent and what may come back, in bytes.
    package static func of(sending: Int, receiving: Int) -> UInt16 {
        let most = max(sending, receiving, 1)
        return UInt16(clamping: (most - 1) / payload + 1)
    }
}
