namespace OnionHost.Dht.Storage;

/// <summary>A descriptor that somebody left with us.</summary>
/// <param name="Text">As it came.</param>
/// <param name="Revision">Only larger ones replace it.</param>
/// <param name="Expires">When we forget it.</param>
internal sealed record StoredDescriptor(ReadOnlyMemory<byte> Text, ulong Revision, DateTimeOffset Expires);
