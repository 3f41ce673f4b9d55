namespace OnionHost.Dht.Descriptors;

/// <summary>Sizes and times of onion descriptors (rend-spec-v3 2.4, 2.5).</summary>
internal static class DescriptorLimits
{
    /// <summary>The longest descriptor, bytes.</summary>
    public const int MaxSize = 50_000;

    /// <summary>The middle layer is padded to a multiple of this, bytes, so that its length says little.</summary>
    public const int PaddingUnit = 10_000;

    /// <summary>The middle layer has a multiple of this many <c>auth-client</c> lines, real or made up.</summary>
    public const int ClientUnit = 16;

    /// <summary>What services write into <c>descriptor-lifetime</c>.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(180);

    /// <summary>The shortest lifetime that is accepted.</summary>
    public static readonly TimeSpan ShortestLifetime = TimeSpan.FromMinutes(30);

    /// <summary>The longest lifetime that is accepted.</summary>
    public static readonly TimeSpan LongestLifetime = TimeSpan.FromHours(12);

    /// <summary>How long the certificates in a descriptor are valid.</summary>
    public static readonly TimeSpan CertificateLifetime = TimeSpan.FromHours(54);
}
