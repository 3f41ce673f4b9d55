namespace OnionHost.Network.Authority.Reachability;

/// <summary>How much of a relay a test asks for.</summary>
internal enum ReachabilityDepth
{
    /// <summary>A link to each address, which proves both identities.</summary>
    Link,

    /// <summary>A link to each address, and a circuit through the relay that data comes back over.</summary>
    Circuit,
}
