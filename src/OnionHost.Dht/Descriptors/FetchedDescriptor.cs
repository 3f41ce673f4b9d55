using OnionHost.Protocol.Identities;

namespace OnionHost.Dht.Descriptors;

/// <summary>A descriptor that was found, verified and decrypted, with what its use needs.</summary>
/// <param name="Content">What the service says.</param>
/// <param name="Period">The time period that it is for.</param>
/// <param name="Key">The service's blinded key in that period.</param>
/// <param name="Subcredential">32 bytes; part of every introduction.</param>
/// <param name="Revision">Later descriptors of the same key have larger ones.</param>
/// <param name="Lifetime">How long it may be used after it was fetched, at most 12 hours.</param>
internal sealed record FetchedDescriptor(
    OnionDescriptor Content, TimePeriod Period, BlindedKey Key, ReadOnlyMemory<byte> Subcredential, ulong Revision, TimeSpan Lifetime);
