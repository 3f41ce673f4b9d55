using OnionHost.Network.Congestion;

namespace OnionHost.Rendezvous.Dialing;

/// <summary>What a client needs of a service's descriptor.</summary>
/// <param name="Points">Where introductions are taken.</param>
/// <param name="Subcredential">Binds introductions to the descriptor's time period, 32 bytes.</param>
/// <param name="Revision">Grows with every descriptor of a time period.</param>
internal sealed record ServiceView(IReadOnlyList<IntroductionTarget> Points, ReadOnlyMemory<byte> Subcredential, ulong Revision)
{
    /// <summary>Congestion control, if the service offers it and the network wants it; null for fixed windows.</summary>
    public CongestionTerms? Congestion { get; init; }

    /// <summary>True if both come from the same descriptor.</summary>
    public bool IsSameAs(ServiceView other) => Revision == other.Revision && Subcredential.Span.SequenceEqual(other.Subcredential.Span);
}
