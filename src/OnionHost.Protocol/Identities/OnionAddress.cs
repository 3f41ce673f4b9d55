using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Encoding;

namespace OnionHost.Protocol.Identities;

/// <summary>
/// A version 3 onion address: 56 base32 characters and <c>.onion</c>, which hold the service's Ed25519 identity (32 bytes),
/// a checksum (2 bytes) and the version 3 (rend-spec-v3 6).
/// </summary>
public readonly record struct OnionAddress
{
    /// <summary>Characters before <c>.onion</c>.</summary>
    public const int Length = 56;

    private const string Suffix = ".onion";
    private const byte Version = 3;

    /// <summary>The address of the service with this identity.</summary>
    public OnionAddress(Ed25519Identity identity)
    {
        Identity = identity;
    }

    /// <summary>The service's public identity key.</summary>
    public Ed25519Identity Identity { get; }

    /// <summary>The 56 characters without <c>.onion</c>.</summary>
    public string Label
    {
        get
        {
            Span<byte> bytes = stackalloc byte[35];
            Identity.Span.CopyTo(bytes);
            Checksum(Identity.Span, bytes[32..34]);
            bytes[34] = Version;
            return Text.EncodeBase32(bytes);
        }
    }

    /// <summary>Reads an address, with or without <c>.onion</c>; without labels before it.</summary>
    /// <exception cref="ProtocolException">Wrong length, character, checksum or version; the message says which.</exception>
    public static OnionAddress Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var label = text.EndsWith(Suffix, StringComparison.OrdinalIgnoreCase) ? text[..^Suffix.Length] : text;
        if (label.Length != Length)
        {
            throw new ProtocolException($"An onion address has {Length} characters before .onion; this has {label.Length}.");
        }

        Span<byte> bytes = stackalloc byte[35];
        if (!Text.TryDecodeBase32(label, bytes))
        {
            throw new ProtocolException("An onion address is made of the letters a to z and the digits 2 to 7.");
        }

        if (bytes[34] != Version)
        {
            throw new ProtocolException($"This onion address has version {bytes[34]}; only version 3 exists today.");
        }

        Span<byte> checksum = stackalloc byte[2];
        Checksum(bytes[..32], checksum);
        if (!checksum.SequenceEqual(bytes[32..34]))
        {
            throw new ProtocolException("The onion address has a wrong checksum: a character is mistyped or missing.");
        }

        return new OnionAddress(new Ed25519Identity(bytes[..32]));
    }

    /// <summary>Reads an address; false if it is none.</summary>
    public static bool TryParse(string? text, out OnionAddress address)
    {
        try
        {
            address = text is null ? default : Parse(text);
            return text is not null;
        }
        catch (ProtocolException)
        {
            address = default;
            return false;
        }
    }

    /// <summary>The whole address with <c>.onion</c>.</summary>
    public override string ToString() => Label + Suffix;

    private static void Checksum(ReadOnlySpan<byte> identity, Span<byte> checksum)
    {
        Span<byte> input = stackalloc byte[15 + 32 + 1];
        ".onion checksum"u8.CopyTo(input);
        identity.CopyTo(input[15..]);
        input[47] = Version;
        Span<byte> digest = stackalloc byte[32];
        Sha3.Hash256(input, digest);
        digest[..2].CopyTo(checksum);
    }
}
