using System.Text.Json;
using System.Text.Json.Serialization;
using OnionHost.Protocol;
using OnionHost.Protocol.Identities;

namespace OnionHost.Rendezvous.Cookies;

/// <summary>What <c>NAME.auth</c> has no place for, as JSON in <c>NAME.json</c> beside it.</summary>
/// <param name="DescriptorKey">The x25519 key of the .auth file that this belongs to, base64.</param>
/// <param name="ProofKey">The Ed25519 key of the introduction proof, base64.</param>
/// <param name="Created">When the cookie was issued.</param>
/// <param name="Expires">When it ends by itself; null if never.</param>
internal sealed record CookieSidecar(string DescriptorKey, string ProofKey, DateTimeOffset Created, DateTimeOffset? Expires)
{
    /// <summary>The extension.</summary>
    public const string Extension = ".json";

    /// <summary>No such file is longer.</summary>
    public const int MaxSize = 4096;

    /// <summary>The file's content for a cookie with a proof key.</summary>
    public static byte[] Format(StoredCookie cookie) => JsonSerializer.SerializeToUtf8Bytes(
        new CookieSidecar(cookie.DescriptorKey.ToString(), cookie.ProofKey.GetValueOrDefault().ToString(), cookie.Created, cookie.Expires),
        CookieSidecarJson.Default.CookieSidecar);

    /// <summary>Joins a file's content with the .auth file's key.</summary>
    /// <exception cref="ProtocolException">It is malformed, or belongs to another key: the .auth file was replaced by hand.</exception>
    public static StoredCookie Parse(string name, Curve25519PublicKey descriptorKey, ReadOnlySpan<byte> content)
    {
        CookieSidecar? sidecar;
        try
        {
            sidecar = JsonSerializer.Deserialize(content, CookieSidecarJson.Default.CookieSidecar);
        }
        catch (JsonException fault)
        {
            throw new ProtocolException("Not the JSON of a cookie.", fault);
        }

        if (sidecar is null
            || !Curve25519PublicKey.TryParse(sidecar.DescriptorKey, out var key) || key != descriptorKey
            || !Ed25519Identity.TryParse(sidecar.ProofKey, out var proof))
        {
            throw new ProtocolException("It does not belong to the key in the .auth file.");
        }

        return new StoredCookie(name, descriptorKey, proof, sidecar.Created, sidecar.Expires);
    }
}

/// <summary>Reads and writes the sidecar without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(CookieSidecar))]
internal sealed partial class CookieSidecarJson : JsonSerializerContext;
