namespace OnionHost.Protocol.Directory;

/// <summary>What the authorities say about a relay (dir-spec 3.4.1, <c>s</c> lines). The order is that of the names' bytes.</summary>
[Flags]
public enum RelayFlags
{
    /// <summary>No flag.</summary>
    None = 0,

    /// <summary>A directory authority.</summary>
    Authority = 1 << 0,

    /// <summary>An exit that must not be used as one.</summary>
    BadExit = 1 << 1,

    /// <summary>Lets general traffic out: useful for exit circuits.</summary>
    Exit = 1 << 2,

    /// <summary>Fast enough for general circuits.</summary>
    Fast = 1 << 3,

    /// <summary>Fit to be a client's first hop.</summary>
    Guard = 1 << 4,

    /// <summary>Stores onion service descriptors.</summary>
    HSDir = 1 << 5,

    /// <summary>Only fit to be a middle hop.</summary>
    MiddleOnly = 1 << 6,

    /// <summary>The authorities did not agree on its Ed25519 identity.</summary>
    NoEdConsensus = 1 << 7,

    /// <summary>Answers at its advertised addresses.</summary>
    Running = 1 << 8,

    /// <summary>Fit for long-lived circuits.</summary>
    Stable = 1 << 9,

    /// <summary>Should upload a new descriptor.</summary>
    StaleDesc = 1 << 10,

    /// <summary>One of suspiciously many relays at one address.</summary>
    Sybil = 1 << 11,

    /// <summary>Serves directory documents over BEGIN_DIR.</summary>
    V2Dir = 1 << 12,

    /// <summary>Not known to be broken.</summary>
    Valid = 1 << 13,
}
