using OnionHost.Protocol;
using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Identities;

namespace OnionHost.Rendezvous.Cookies;

/// <summary>C tor's <c>NAME.auth</c>: one line <c>descriptor:x25519:KEY</c> with 52 base32 characters (rend-spec-v3 G.1.2).</summary>
internal static class AuthorizedClientFile
{
    /// <summary>The extension.</summary>
    public const string Extension = ".auth";

    /// <summary>No such file is longer.</summary>
    public const int MaxSize = 512;

    private const string Prefix = "descriptor:x25519:";

    /// <summary>The file's content, as C tor's tools write it.</summary>
    public static string Format(Curve25519PublicKey key) => $"{Prefix}{Text.EncodeBase32(key.Span).ToUpperInvariant()}\n";

    /// <summary>Reads the key of a file's content; blank space around it is allowed.</summary>
    /// <exception cref="ProtocolException">It is something else.</exception>
    public static Curve25519PublicKey Parse(ReadOnlySpan<char> content)
    {
        content = content.Trim();
        Span<byte> key = stackalloc byte[Curve25519PublicKey.Size];
        if (!content.StartsWith(Prefix, StringComparison.Ordinal) || !Text.TryDecodeBase32(content[Prefix.Length..], key))
        {
            throw new ProtocolException($"Not '{Prefix}' with 52 base32 characters.");
        }

        return new Curve25519PublicKey(key);
    }
}
