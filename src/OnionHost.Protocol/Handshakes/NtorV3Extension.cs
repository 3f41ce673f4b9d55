namespace OnionHost.Protocol.Handshakes;

/// <summary>One extension of an ntor-v3 message (proposal 332).</summary>
/// <param name="Type">See <see cref="NtorV3ExtensionType"/>; unknown types are kept.</param>
/// <param name="Data">At most 255 bytes.</param>
public readonly record struct NtorV3Extension(byte Type, ReadOnlyMemory<byte> Data);
