import Crypto
import Testing

/// Every captured conversation's keys, signatures and ciphertexts, recomputed.
@Suite struct CapturedKeysTests {
    @Test(arguments: Capture.all) func `keys come out as captured`(_ capture: Capture) throws {
        for session in capture.sessions {
            let keys = try #require(capture.keys(of: session))
            if let signing = session.signingKey {
                #expect(keys.signing == SigningKey(keys.signing.algorithm, key: signing.bytes))
            }
            guard let cipher = capture.cipher else { continue }
            if let key = session.clientToServerKey {
                #expect(keys.clientToServer == SealingKey(cipher, key: key.bytes))
            }
            if let key = session.serverToClientKey {
                #expect(keys.serverToClient == SealingKey(cipher, key: key.bytes))
            }
        }
    }

    @Test func `application keys come out as captured`() throws {
        var count = 0
        for capture in Capture.all {
            for session in capture.sessions {
                guard let expected = session.applicationKey, let base = session.sessionKey else {
                    continue
                }
                let labels: KeyDerivation.Labels =
                    capture.dialect == "0x0311"
                    ? .smb311(try #require(session.preauthIntegrityHash).bytes) : .smb300
                let key = KeyDerivation.key(from: base.bytes, labels.application, bits: 128)
                #expect(key.hex == expected, "\(capture.testDescription)")
                count += 1
            }
        }
        #expect(count > 20)
    }

    /// The two exceptions are answers of a server to a session it had no key for.
    @Test func `all captured signatures but two verify, and none with a bit turned`() {
        var verified = 0
        var refused = 0
        for capture in Capture.all {
            let signers = capture.sessions.compactMap { capture.keys(of: $0)?.signing }
            for message in capture.messages where message.integrity != "unsigned" {
                let bytes = message.hex.bytes
                for element in bytes.elements where bytes.isSigned(element) {
                    guard let signer = signers.first(where: { $0.verifies(bytes, in: element) })
                    else {
                        refused += 1
                        continue
                    }
                    verified += 1
                    expectTampered(bytes, element, refusedBy: signer)
                    var again = bytes
                    again.replaceSubrange(
                        element.lowerBound + 48..<element.lowerBound + 64,
                        with: repeatElement(0xAA, count: 16)
                    )
                    signer.sign(&again, in: element)
                    #expect(again == bytes)
                }
            }
        }
        #expect(verified == 241)
        #expect(refused == 2)
    }

    private func expectTampered(
        _ bytes: [UInt8],
        _ element: Range<Int>,
        refusedBy signer: SigningKey
    ) {
        for place in [4, 17, 24, 47, 48, 63, element.count - 1] {
            var turned = bytes
            turned[element.lowerBound + place] ^= 0x10
            #expect(!signer.verifies(turned, in: element))
        }
    }

    @Test func `all captured ciphertexts open, and the client's come out again`() throws {
        var opened = 0
        var sealed = 0
        for capture in Capture.all {
            for message in capture.messages {
                guard let plain = message.plain?.bytes else { continue }
                let bytes = message.hex.bytes
                let session = try #require(capture.sessions.first)
                let keys = try #require(capture.keys(of: session))
                let key = try #require(
                    message.isFromClient ? keys.clientToServer : keys.serverToClient
                )
                #expect(key.open(bytes, in: 0..<bytes.count) == plain)
                opened += 1
                guard message.isFromClient else { continue }
                let again = key.seal(
                    plain,
                    in: 0..<plain.count,
                    sessionID: littleEndian(bytes[44..<52]),
                    nonce: littleEndian(bytes[20..<28])
                )
                #expect(again == bytes)
                sealed += 1
            }
        }
        #expect(opened == 54)
        #expect(sealed == 24)
    }

    private func littleEndian(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
