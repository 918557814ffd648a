package import Crypto
package import Primitives
package import SMBWire

/// An emulated namespace with all its servers, as a profile describes it.
package struct NamespacePlan: Hashable, Sendable {
    package var servers: [ServerPlan]
    package var roots: [RootPlan]
    /// Active Directory domains; empty for stand-alone namespaces only.
    package var domains: [DomainPlan]
    package var users: [UserPlan]
    package var faults: [FaultPlan] = []
    /// FILETIME ([MS-DTYP] 2.3.3) of the run's beginning, by which the servers tell the time.
    ///
    /// A fixed one gives the same run the same bytes; on a network it must be the true one, for
    /// NTLM's clients refuse a server whose clock is far from theirs.
    package var epoch = FileSystem.defaultEpoch

    package init(
        servers: [ServerPlan] = [],
        roots: [RootPlan] = [],
        domains: [DomainPlan] = [],
        users: [UserPlan] = []
    ) {
        self.servers = servers
        self.roots = roots
        self.domains = domains
        self.users = users
    }
}

/// A user whom the emulated servers know.
package struct UserPlan: Hashable, Sendable {
    package var name: String
    /// MD4 of the password; the password itself is not kept ([MS-NLMP] 3.3.1).
    package var ntHash: [UInt8]

    package init(name: String, ntHash: [UInt8]) {
        self.name = name
        self.ntHash = ntHash
    }
}

/// One emulated server: a namespace server, a file server, a domain controller, or all of them.
package struct ServerPlan: Hashable, Sendable {
    /// Who may log on besides the profile's users.
    package enum Strangers: Hashable, Sendable {
        case refused
        /// A wrong or unknown user becomes a guest; nothing can be signed then.
        case guest
    }

    package var name: String
    package var shares: [SharePlan]
    /// In ascending order; not empty.
    package var dialects: [Dialect] = Dialect.all
    package var requiresSigning = false
    /// In order of preference; those of [MS-SMB2] 2.2.3.1.7.
    package var signingAlgorithms: [SigningAlgorithm] = [.aesGMAC, .aesCMAC, .hmacSHA256]
    /// In order of preference; empty means none is offered.
    package var ciphers: [Cipher] = [.aes128GCM, .aes128CCM, .aes256GCM, .aes256CCM]
    package var requiresEncryption = false
    package var allowsAnonymous = false
    package var strangers = Strangers.refused
    /// Credits that one connection can have at most ([MS-SMB2] <209>).
    package var creditsMax = 8_192
    /// Requests that may wait behind a STATUS_PENDING: 512, 64 on clients ([MS-SMB2] <242>).
    package var asyncMax = 512
    /// One command outstanding per connection, as on an NT virtual circuit (Q233082).
    package var isVirtualCircuit = false
    /// How long an oplock or lease break may stay unacknowledged ([MS-SMB2] <217>).
    package var breakLimit = Duration.seconds(35)
    /// After which a session must authenticate again; nil for never.
    package var sessionLife: Duration?
    /// Bytes; what READ, WRITE and QUERY take at most.
    package var transferMax: UInt32 = 1_048_576
    /// The highest referral version that is answered, 1 to 4.
    package var referralVersionMax: UInt16 = 4
    /// The Active Directory site it stands in, for EX requests with a site.
    package var site: String?

    package init(name: String, shares: [SharePlan] = []) {
        self.name = name
        self.shares = shares
    }
}

/// A share of a server; IPC$ is on every server without being named.
package struct SharePlan: Hashable, Sendable {
    package var name: String
    package var isEncrypted = false
    package var isReadOnly = false
    /// What lies in it at first, by paths relative to the share; directories come by themselves.
    package var files: [FilePlan]

    package init(name: String, files: [FilePlan] = []) {
        self.name = name
        self.files = files
    }
}

/// A file that is there from the start, its bytes made from a seed.
package struct FilePlan: Hashable, Sendable {
    package var path: String
    /// Bytes.
    package var size: Int
    package var seed: UInt64

    package init(path: String, size: Int, seed: UInt64 = 0) {
        self.path = path
        self.size = size
        self.seed = seed
    }
}

/// A Dfs root ([MS-DFSC] 1.1): a stand-alone namespace on its server or a domain's on several.
package struct RootPlan: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// `\\server\name`.
        case standalone
        /// `\\domain\name`, by the DNS name of one of the plan's domains.
        case domain(String)
    }

    package var name: String
    package var kind: Kind
    /// `\\server\share`; each is a share of one of the plan's servers.
    package var targets: [TargetPlan]
    /// Seconds that a root referral lives ([MS-DFSC] <4>: 300).
    package var timeToLive: UInt32 = 300
    package var targetFailback = false
    package var links: [LinkPlan]

    package init(name: String, kind: Kind, targets: [TargetPlan], links: [LinkPlan] = []) {
        self.name = name
        self.kind = kind
        self.targets = targets
        self.links = links
    }
}

/// A link, which the articles call junction, below its root.
package struct LinkPlan: Hashable, Sendable {
    /// Relative to the root, such as `eng` or `nested\deep`.
    package var path: String
    package var targets: [TargetPlan]
    /// Seconds ([MS-DFSC] <4>: 1,800).
    package var timeToLive: UInt32 = 1_800
    package var targetFailback = false

    package init(path: String, targets: [TargetPlan]) {
        self.path = path
        self.targets = targets
    }
}

/// Where a root or a link leads.
package struct TargetPlan: Hashable, Sendable {
    /// `\\server\share\…`; a path into another namespace makes the link an interlink.
    package var path: UNCPath
    /// Whether referrals name it.
    package var isOnline = true
    /// Targets of the lowest number come first; V4 marks where a new set begins.
    package var priority = 0

    package init(_ path: UNCPath) { self.path = path }
}

/// An Active Directory domain, as far as referrals show it ([MS-DFSC] 3.3).
package struct DomainPlan: Hashable, Sendable {
    package var dnsName: String
    package var netbiosName: String
    /// Servers of the plan that are its controllers; they have the shares SYSVOL and NETLOGON.
    package var controllers: [String]
    /// Seconds ([MS-DFSC] <36>, <38>, <44>: 600, 600 and 900).
    package var domainTimeToLive: UInt32 = 600
    package var controllerTimeToLive: UInt32 = 600
    package var sysvolTimeToLive: UInt32 = 900

    package init(dnsName: String, netbiosName: String, controllers: [String]) {
        self.dnsName = dnsName
        self.netbiosName = netbiosName
        self.controllers = controllers
    }
}
