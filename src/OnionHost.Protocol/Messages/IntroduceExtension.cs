namespace OnionHost.Protocol.Messages;

/// <summary>An extension of an introduction message (rend-spec-v3 3.1.1, 3.2.1, 3.3). Kinds not known to the reader are ignored.</summary>
/// <param name="Type">Its kind; each list has its own numbers.</param>
/// <param name="Body">At most 255 bytes.</param>
public readonly record struct IntroduceExtension(byte Type, ReadOnlyMemory<byte> Body);
