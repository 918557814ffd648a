internal import Crypto
package import Primitives
package import SMBWire

/// Opening a connection: TCP, then NEGOTIATE ([MS-SMB2] 3.2.4.2.1, 3.2.5.2).
extension Redirector {
    mutating func open(
        server: String,
        tag: Int,
        times: RequestTimes,
        into effects: inout [Effect]
    ) {
        let opener = Pending(
            tag: tag,
            work: .request(.connect(server: server)),
            command: .negotiate,
            session: -1,
            times: times
        )
        let connection = Connection(
            server: server,
            opener: opener,
            deadline: times.created + settings.connectLimit,
            reserve: settings.creditReserve
        )
        let (_, number) = connections.insert(connection)
        timed.append(.connection(number))
        effects.append(.connect(number, server: server))
    }

    /// TCP is open.
    package mutating func transportConnected(
        _ number: ConnectionNumber,
        at now: Instant,
        into effects: inout [Effect]
    ) {
        guard let slot = connections.index(of: number),
            connections.elements[slot].phase == .connecting
        else { return }
        connections.elements[slot].phase = .negotiating
        let pending = Pending(
            tag: -1,
            work: .negotiate,
            command: .negotiate,
            session: -1,
            times: RequestTimes(created: now)
        )
        send(pending, on: slot, at: now, into: &effects)
    }

    /// TCP could not be opened.
    package mutating func transportFailed(
        _ number: ConnectionNumber,
        _ status: NTStatus,
        sentence: String,
        at now: Instant,
        into effects: inout [Effect]
    ) {
        guard let slot = connections.index(of: number) else { return }
        lose(slot, status, sentence, at: now, into: &effects)
    }

    /// The request that opens a connection; 3.1.1 adds its contexts.
    mutating func negotiateRequest(to server: String) -> NegotiateRequest {
        var contexts: [NegotiateContext] = []
        if settings.dialects.contains(.smb311) {
            var salt: [UInt8] = []
            for _ in 0..<32 { salt.append(UInt8.random(in: 0...255, using: &random)) }
            contexts = [
                .preauthIntegrity(algorithms: [1], salt: salt),
                .encryption(ciphers: settings.ciphers.map(\.rawValue)),
                .signing(algorithms: settings.signingAlgorithms.map(\.rawValue)),
                .netname(server),
            ]
        }
        return NegotiateRequest(
            securityMode: settings.securityMode,
            capabilities: settings.capabilities,
            clientGUID: settings.dialects.last == .smb202 ? .zero : settings.clientGUID,
            dialects: settings.dialects,
            contexts: contexts
        )
    }

    mutating func negotiated(
        _ response: NegotiateResponse,
        message: [UInt8],
        on slot: Int,
        at now: Instant,
        into effects: inout [Effect]
    ) {
        if let objection = accept(response, on: slot) {
            let (status, sentence) = objection
            drop(slot, status, "NEGOTIATE refused: \(sentence)", at: now, into: &effects)
            return
        }
        connections.elements[slot].preauthHash.append(message)
        connections.elements[slot].phase = .ready
        let opener = connections.elements[slot].opener
        let number = connections.number(at: slot)
        complete(opener, .success, .connection(number), nil, at: now, into: &effects)
    }

    /// Takes over what the server chose, or says why it cannot be accepted.
    private mutating func accept(
        _ response: NegotiateResponse,
        on slot: Int
    ) -> (NTStatus, String)? {
        let invalid = NTStatus.invalidNetworkResponse
        guard settings.dialects.contains(response.dialect) else {
            let offered = settings.dialects.map(\.description).joined(separator: ", ")
            return (
                .notSupported,
                "the server chose dialect \(response.dialect), offered were \(offered)"
            )
        }
        guard
            min(response.maxTransactSize, response.maxReadSize, response.maxWriteSize) >= 65_536
        else { return (invalid, "the server's sizes are below 65536") }
        connections.elements[slot].dialect = response.dialect
        connections.elements[slot].serverGUID = response.serverGUID
        connections.elements[slot].serverSecurityMode = response.securityMode
        connections.elements[slot].serverCapabilities = response.capabilities
        connections.elements[slot].supportsMultiCredit =
            response.dialect >= .smb210 && response.capabilities.contains(.largeMTU)
        connections.elements[slot].securityBuffer = response.securityBuffer
        connections.elements[slot].maxTransactSize = Int(response.maxTransactSize)
        connections.elements[slot].maxReadSize = Int(response.maxReadSize)
        connections.elements[slot].maxWriteSize = Int(response.maxWriteSize)
        switch response.dialect {
        case .smb311: return accept(response.contexts, on: slot)
        case .smb300, .smb302:
            connections.elements[slot].signingAlgorithm = .aesCMAC
            let encrypts = response.capabilities.contains(.encryption)
            connections.elements[slot].cipher = encrypts ? .aes128CCM : nil
        default: connections.elements[slot].signingAlgorithm = .hmacSHA256
        }
        return requireCipher(on: slot)
    }

    /// [MS-SMB2] 3.2.5.2: the contexts of a 3.1.1 response.
    private mutating func accept(
        _ contexts: [NegotiateContext],
        on slot: Int
    ) -> (NTStatus, String)? {
        let invalid = NTStatus.invalidNetworkResponse
        connections.elements[slot].signingAlgorithm = .aesCMAC
        var preauthCount = 0
        for context in contexts {
            switch context {
            case .preauthIntegrity(let algorithms, _):
                preauthCount += 1
                guard algorithms == [1] else {
                    return (invalid, "the server chose a hash that was not offered")
                }
            case .encryption(let ciphers):
                guard let chosen = ciphers.first, ciphers.count == 1 else {
                    return (invalid, "the server chose no single cipher")
                }
                let cipher = Cipher(rawValue: chosen)
                guard chosen == 0 || cipher.map(settings.ciphers.contains) == true else {
                    return (invalid, "the server chose cipher \(chosen), which was not offered")
                }
                connections.elements[slot].cipher = cipher
            case .signing(let algorithms):
                guard let algorithm = algorithms.first.flatMap(SigningAlgorithm.init(rawValue:)),
                    settings.signingAlgorithms.contains(algorithm)
                else {
                    return (invalid, "the server chose a signing algorithm that was not offered")
                }
                connections.elements[slot].signingAlgorithm = algorithm
            case .compression, .netname, .transport, .rdmaTransform, .other: break
            }
        }
        guard preauthCount == 1 else {
            return (invalid, "the answer has no preauthentication integrity context")
        }
        return requireCipher(on: slot)
    }

    private func requireCipher(on slot: Int) -> (NTStatus, String)? {
        guard settings.encryption == .required, connections.elements[slot].cipher == nil else {
            return nil
        }
        let dialect = connections.elements[slot].dialect
        return (
            .accessDenied,
            "encryption is required, and the server offers none at dialect \(dialect)"
        )
    }
}
