using System.Security.Cryptography;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Identities;
using OnionHost.Protocol.RelayCrypto;

namespace OnionHost.Protocol.Handshakes;

/// <summary>The service's side of hs-ntor (rend-spec-v3 3.3.1, 4.2.1).</summary>
public static class HsNtorService
{
    /// <summary>The keys that open an INTRODUCE2.</summary>
    /// <param name="encKey">The introduction point's encryption key pair.</param>
    /// <param name="authKey">The introduction point's authentication key.</param>
    /// <param name="subcredential">32 bytes, of the time period that the client used.</param>
    /// <param name="clientKey">X from the message.</param>
    /// <exception cref="ProtocolException">The client's key is of small order.</exception>
    public static IntroduceKeys KeysFor(
        X25519KeyPair encKey, in Ed25519Identity authKey, ReadOnlySpan<byte> subcredential, in Curve25519PublicKey clientKey)
    {
        ArgumentNullException.ThrowIfNull(encKey);
        Span<byte> shared = stackalloc byte[HsNtorTranscript.SharedSize];
        encKey.Agree(clientKey, shared);
        var keys = new HsNtorTranscript(authKey, encKey.Public, clientKey).IntroduceKeys(shared, subcredential);
        CryptographicOperations.ZeroMemory(shared);
        return keys;
    }

    /// <summary>Completes the handshake: the layer, and what RENDEZVOUS1 carries.</summary>
    /// <param name="encKey">The introduction point's encryption key pair.</param>
    /// <param name="authKey">The introduction point's authentication key.</param>
    /// <param name="clientKey">X from the INTRODUCE2.</param>
    /// <param name="random">For the ephemeral key.</param>
    /// <param name="serverKey">Y.</param>
    /// <param name="auth">Takes AUTH, 32 bytes.</param>
    /// <exception cref="ProtocolException">The client's key is of small order.</exception>
    public static RelayLayer Answer(
        X25519KeyPair encKey,
        in Ed25519Identity authKey,
        in Curve25519PublicKey clientKey,
        IRandomSource random,
        out Curve25519PublicKey serverKey,
        Span<byte> auth)
    {
        using var ephemeral = X25519KeyPair.Generate(random);
        serverKey = ephemeral.Public;
        return Answer(encKey, authKey, clientKey, ephemeral, auth);
    }

    internal static RelayLayer Answer(
        X25519KeyPair encKey, in Ed25519Identity authKey, in Curve25519PublicKey clientKey, X25519KeyPair ephemeral, Span<byte> auth)
    {
        Span<byte> shared = stackalloc byte[2 * HsNtorTranscript.SharedSize];
        try
        {
            ephemeral.Agree(clientKey, shared[..32]);
            encKey.Agree(clientKey, shared[32..]);
            return new HsNtorTranscript(authKey, encKey.Public, clientKey).Rendezvous(shared, ephemeral.Public, auth[..32]);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(shared);
        }
    }
}
