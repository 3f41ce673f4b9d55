namespace OnionHost.Rendezvous.Dialing;

/// <summary>What a client needs of a service's descriptor.</summary>
/// <param name="Points">Where introductions are taken.</param>
/// <param name="Subcredential">Binds introductions to the descriptor's time period, 32 bytes.</param>
/// <param name="Revision">Grows with every descriptor of a time period.</param>
internal sealed record ServiceView(IReadOnlyList<IntroductionTarget> Points, ReadOnlyMemory<byte> Subcredential, ulong Revision);
