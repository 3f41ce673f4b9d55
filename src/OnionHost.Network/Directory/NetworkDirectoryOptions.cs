namespace OnionHost.Network.Directory;

/// <summary>What a node's view of the network is built from.</summary>
internal sealed record NetworkDirectoryOptions
{
    /// <summary>Whose signatures count; more than half of them must sign.</summary>
    public required IReadOnlyList<DirectoryAuthority> Authorities { get; init; }

    /// <summary>Where documents are kept between runs; null keeps them in memory only.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>True to renew right after a consensus is no longer fresh, and to fetch all that others may ask for, both flavours and descriptors.</summary>
    public bool IsCache { get; init; }

    /// <summary>How many relays must be known at least.</summary>
    public int MinimumRelays { get; init; } = 3;
}
