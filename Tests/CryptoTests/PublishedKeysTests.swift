import Crypto
import Testing

/// The keys, hashes, signatures and ciphertexts that Microsoft printed.
@Suite struct PublishedKeysTests {
    @Test func `the keys of 3.0 come out as published`() throws {
        let published = try Published.load().smb300Kdf
        let key = published.sessionKey.bytes
        let labels = KeyDerivation.Labels.smb300
        #expect(KeyDerivation.key(from: key, labels.signing, bits: 128) == published.signing.bytes)
        #expect(
            KeyDerivation.key(from: key, labels.clientToServer, bits: 128) == published.c2s.bytes
        )
        #expect(
            KeyDerivation.key(from: key, labels.serverToClient, bits: 128) == published.s2c.bytes
        )
        #expect(KeyDerivation.key(from: key, labels.application, bits: 128) == published.app.bytes)
        let second = try #require(published.channel2SessionKey).bytes
        let signing = KeyDerivation.key(from: second, labels.signing, bits: 128)
        #expect(signing == published.channel2Signing?.bytes)
    }

    @Test func `the chain of 3.1.1 leads to the published keys and signature`() throws {
        let published = try Published.load()
        var hash = PreauthIntegrityHash()
        for link in published.chain {
            hash.append(link.hex.bytes)
            #expect(hash.value == link.hashAfter.bytes, "\(link.label)")
        }
        let expected = published.smb311Keys
        let key = expected.sessionKey.bytes
        let labels = KeyDerivation.Labels.smb311(hash.value)
        #expect(KeyDerivation.key(from: key, labels.signing, bits: 128) == expected.signing.bytes)
        #expect(
            KeyDerivation.key(from: key, labels.clientToServer, bits: 128) == expected.c2s.bytes
        )
        #expect(
            KeyDerivation.key(from: key, labels.serverToClient, bits: 128) == expected.s2c.bytes
        )
        #expect(KeyDerivation.key(from: key, labels.application, bits: 128) == expected.app.bytes)

        let response = try #require(expected.finalResponse).bytes
        let keys = SessionKeys(
            fullKey: key,
            scheme: .preauthHash(hash.value),
            signing: .aesCMAC,
            cipher: nil
        )
        #expect(keys.signing.verifies(response, in: 0..<response.count))
    }

    @Test func `a binding is signed by the master key, and its end by the channel's`() throws {
        let published = try Published.load()
        let master = SigningKey(.aesCMAC, key: published.smb311Keys.signing.bytes)
        for name in ["s1", "r1", "s2"] {
            let message = try #require(published.binding[name]).bytes
            #expect(master.verifies(message, in: 0..<message.count), "\(name)")
        }
        var hash = PreauthIntegrityHash()
        for name in ["nreq", "nresp", "s1", "r1", "s2"] {
            hash.append(try #require(published.binding[name]).bytes)
        }
        let channel = SessionKeys(
            fullKey: "84B9DBB730116A8FA6E9889555C265F9".bytes,
            scheme: .preauthHash(hash.value),
            signing: .aesCMAC,
            cipher: nil
        )
        #expect(
            channel.signing == SigningKey(.aesCMAC, key: "C962BCA1A9DD1697B030644199705431".bytes)
        )
        let last = try #require(published.binding["fin"]).bytes
        #expect(channel.signing.verifies(last, in: 0..<last.count))
        #expect(!master.verifies(last, in: 0..<last.count))
    }

    @Test(arguments: [Cipher.aes128CCM, .aes128GCM])
    func `published ciphertexts open to the published messages`(_ cipher: Cipher) throws {
        let published = try Published.load()
        let vector = cipher == .aes128CCM ? published.smb300Ccm : published.smb311Gcm
        let keys = SessionKeys(
            fullKey: vector.sessionKey.bytes,
            scheme: vector.preauth.map { .preauthHash($0.bytes) } ?? .constants,
            signing: .aesCMAC,
            cipher: cipher
        )
        #expect(keys.clientToServer == SealingKey(cipher, key: vector.c2s.bytes))
        #expect(keys.serverToClient == SealingKey(cipher, key: vector.s2c.bytes))
        let request = vector.encryptedRequest.bytes
        let response = vector.encryptedResponse.bytes
        #expect(
            keys.clientToServer?.open(request, in: 0..<request.count) == vector.plainRequest.bytes
        )
        #expect(
            keys.serverToClient?.open(response, in: 0..<response.count)
                == vector.plainResponse.bytes
        )
        #expect(keys.serverToClient?.open(request, in: 0..<request.count) == nil)
    }
}

@Suite struct SessionKeysTests {
    private let longKey = [UInt8](1...32)

    @Test func `a long key is cut for signing and kept for a cipher of 256 bits`() {
        let hash = [UInt8](repeating: 9, count: 64)
        let keys = SessionKeys(
            fullKey: longKey,
            scheme: .preauthHash(hash),
            signing: .aesGMAC,
            cipher: .aes256GCM
        )
        let labels = KeyDerivation.Labels.smb311(hash)
        let short = Array(longKey.prefix(16))
        let signing = KeyDerivation.key(from: short, labels.signing, bits: 128)
        let sealing = KeyDerivation.key(from: longKey, labels.clientToServer, bits: 256)
        #expect(sealing.count == 32)
        #expect(keys.signing == SigningKey(.aesGMAC, key: signing))
        #expect(keys.clientToServer == SealingKey(.aes256GCM, key: sealing))
    }

    @Test func `the signing key of 256 bits is asked for, and counts beside a 256-bit cipher only`()
    {
        func keys(_ cipher: Cipher, bits: UInt32) -> SessionKeys {
            SessionKeys(
                fullKey: longKey,
                scheme: .constants,
                signing: .aesCMAC,
                cipher: cipher,
                signingBits: bits
            )
        }
        let long = KeyDerivation.key(
            from: longKey,
            KeyDerivation.Labels.smb300.signing,
            bits: 256
        )
        #expect(keys(.aes256CCM, bits: 256).signing == SigningKey(.aesCMAC, key: long))
        #expect(keys(.aes256CCM, bits: 256).signing != keys(.aes256CCM, bits: 128).signing)
        #expect(keys(.aes128CCM, bits: 128).clientToServer?.cipher == .aes128CCM)
    }

    @Test func `a short key is padded with zeros`() {
        let keys = SessionKeys(
            fullKey: [1, 2, 3],
            scheme: .sessionKey,
            signing: .hmacSHA256,
            cipher: nil
        )
        #expect(
            keys.signing
                == SigningKey(.hmacSHA256, key: [1, 2, 3] + Array(repeating: 0, count: 13))
        )
        #expect(keys.clientToServer == nil)
        #expect(keys.serverToClient == nil)
    }
}
