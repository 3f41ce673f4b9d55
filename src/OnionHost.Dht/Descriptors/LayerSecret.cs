namespace OnionHost.Dht.Descriptors;

/// <summary>What the keys of a descriptor's layer are derived from, besides its salt.</summary>
internal readonly ref struct LayerSecret
{
    public LayerSecret(ReadOnlySpan<byte> key, ReadOnlySpan<byte> subcredential, ulong revision, ReadOnlySpan<byte> cookie = default)
    {
        Key = key;
        Subcredential = subcredential;
        Revision = revision;
        Cookie = cookie;
    }

    /// <summary>The blinded key, 32 bytes.</summary>
    public ReadOnlySpan<byte> Key { get; }

    /// <summary>32 bytes.</summary>
    public ReadOnlySpan<byte> Subcredential { get; }

    /// <summary>The descriptor's revision counter.</summary>
    public ulong Revision { get; }

    /// <summary>The descriptor cookie of authorized clients, 16 bytes; empty in the outer layer and in public descriptors.</summary>
    public ReadOnlySpan<byte> Cookie { get; }
}
