namespace OnionHost.Network.Relays;

/// <summary>What a running relay knows about itself.</summary>
/// <param name="Started">When it was made.</param>
/// <param name="BandwidthObserved">Bytes a second that it has carried, or claims to.</param>
internal readonly record struct RelayUse(DateTimeOffset Started, long BandwidthObserved);
