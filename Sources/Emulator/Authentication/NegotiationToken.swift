package import Primitives

/// A mechanism by its object identifier, encoded without tag and length.
package struct MechType: RawRepresentable, Hashable, Sendable {
    package let rawValue: [UInt8]
    package init(rawValue: [UInt8]) { self.rawValue = rawValue }

    /// 1.3.6.1.4.1.311.2.2.10.
    package static let ntlmssp = MechType(
        rawValue: [0x2B, 6, 1, 4, 1, 0x82, 0x37, 2, 2, 0x0A]
    )
    /// 1.2.840.113554.1.2.2.
    package static let kerberos = MechType(
        rawValue: [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x12, 1, 2, 2]
    )
    /// 1.3.6.1.5.5.2.
    package static let spnego = MechType(rawValue: [0x2B, 6, 1, 5, 5, 2])

    var encoded: [UInt8] { DER.value(DER.objectIdentifier, rawValue) }
}

/// A token of SPNEGO ([RFC4178] 4.2), which wraps those of the mechanism it settles on.
package enum NegotiationToken: Hashable, Sendable {
    case initial(NegTokenInit)
    case response(NegTokenResp)

    package init(_ bytes: [UInt8]) throws(WireError) {
        var reader = DERReader(bytes)
        var outer = try reader.element()
        if outer.tag == DER.application {
            var inside = outer.inside
            guard try inside.element(DER.objectIdentifier).contents == MechType.spnego.rawValue
            else { throw .malformed(field: "thisMech") }
            outer = try inside.element()
        }
        var fields = outer.inside
        let sequence = try fields.element(DER.sequence)
        switch outer.tag {
        case DER.context(0): self = .initial(try NegTokenInit(sequence))
        case DER.context(1): self = .response(try NegTokenResp(sequence))
        default: throw .malformed(field: "NegotiationToken")
        }
    }
}

/// NegTokenInit, and NegTokenInit2 when a server sends it first ([MS-SPNG] 2.2.1).
package struct NegTokenInit: Hashable, Sendable {
    /// In the sender's order of preference.
    package var mechTypes: [MechType]
    /// The DER of MechTypeList as it was sent: what a mechListMIC is about.
    package private(set) var mechTypeList: [UInt8]
    /// The first token of the first mechanism, sent on the chance that it is chosen.
    package var mechToken: [UInt8]?
    /// NegTokenInit2's negHints.hintName.
    package var hintName: String?

    package init(mechTypes: [MechType], mechToken: [UInt8]? = nil, hintName: String? = nil) {
        self.mechTypes = mechTypes
        self.mechToken = mechToken
        self.hintName = hintName
        mechTypeList = DER.value(DER.sequence, mechTypes.flatMap(\.encoded))
    }

    init(_ sequence: DERElement) throws(WireError) {
        mechTypes = []
        mechTypeList = []
        var fields = sequence.inside
        while !fields.isAtEnd {
            let field = try fields.element()
            var inside = field.inside
            switch field.tag {
            case DER.context(0):
                let list = try inside.element(DER.sequence)
                mechTypeList = list.encoded
                var types = list.inside
                while !types.isAtEnd {
                    let type = try types.element(DER.objectIdentifier)
                    mechTypes.append(MechType(rawValue: type.contents))
                }
            case DER.context(2): mechToken = try inside.element(DER.octetString).contents
            default: break
            }
        }
    }

    package var bytes: [UInt8] {
        var fields = DER.value(DER.context(0), mechTypeList)
        if let mechToken {
            fields += DER.value(DER.context(2), DER.value(DER.octetString, mechToken))
        }
        if let hintName {
            let name = DER.value(DER.generalString, Array(hintName.utf8))
            let hints = DER.value(DER.sequence, DER.value(DER.context(0), name))
            fields += DER.value(DER.context(3), hints)
        }
        let token = DER.value(DER.context(0), DER.value(DER.sequence, fields))
        return DER.value(DER.application, MechType.spnego.encoded + token)
    }
}

/// NegTokenResp ([RFC4178] 4.2.2).
package struct NegTokenResp: Hashable, Sendable {
    package enum State: UInt8, Hashable, Sendable {
        case acceptCompleted = 0
        case acceptIncomplete = 1
        case reject = 2
        case requestMIC = 3
    }

    package var state: State?
    package var supportedMech: MechType?
    package var responseToken: [UInt8]?
    package var mechListMIC: [UInt8]?

    package init(
        state: State? = nil,
        supportedMech: MechType? = nil,
        responseToken: [UInt8]? = nil,
        mechListMIC: [UInt8]? = nil
    ) {
        self.state = state
        self.supportedMech = supportedMech
        self.responseToken = responseToken
        self.mechListMIC = mechListMIC
    }

    init(_ sequence: DERElement) throws(WireError) {
        var fields = sequence.inside
        while !fields.isAtEnd {
            let field = try fields.element()
            var inside = field.inside
            switch field.tag {
            case DER.context(0):
                let value = try inside.element(DER.enumerated).contents
                guard value.count == 1, let state = State(rawValue: value[0]) else {
                    throw .malformed(field: "negState")
                }
                self.state = state
            case DER.context(1):
                let type = try inside.element(DER.objectIdentifier)
                supportedMech = MechType(rawValue: type.contents)
            case DER.context(2): responseToken = try inside.element(DER.octetString).contents
            case DER.context(3): mechListMIC = try inside.element(DER.octetString).contents
            default: break
            }
        }
    }

    package var bytes: [UInt8] {
        var fields: [UInt8] = []
        if let state {
            fields += DER.value(DER.context(0), DER.value(DER.enumerated, [state.rawValue]))
        }
        if let supportedMech { fields += DER.value(DER.context(1), supportedMech.encoded) }
        if let responseToken {
            fields += DER.value(DER.context(2), DER.value(DER.octetString, responseToken))
        }
        if let mechListMIC {
            fields += DER.value(DER.context(3), DER.value(DER.octetString, mechListMIC))
        }
        return DER.value(DER.context(1), DER.value(DER.sequence, fields))
    }
}
