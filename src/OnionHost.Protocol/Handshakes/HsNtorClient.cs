using System.Security.Cryptography;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Identities;
using OnionHost.Protocol.RelayCrypto;

namespace OnionHost.Protocol.Handshakes;

/// <summary>The client's side of hs-ntor (rend-spec-v3 3.3.1, 4.2.1): one per introduction, good for one reply.</summary>
public sealed class HsNtorClient : IDisposable
{
    private readonly HsNtorTranscript _transcript;
    private readonly Curve25519PublicKey _encryptionKey;
    private readonly X25519KeyPair _ephemeral;

    private HsNtorClient(
        in Ed25519Identity authKey, in Curve25519PublicKey encryptionKey, ReadOnlySpan<byte> subcredential, X25519KeyPair ephemeral)
    {
        _transcript = new HsNtorTranscript(authKey, encryptionKey, ephemeral.Public);
        _encryptionKey = encryptionKey;
        _ephemeral = ephemeral;
        Span<byte> shared = stackalloc byte[HsNtorTranscript.SharedSize];
        ephemeral.Agree(encryptionKey, shared);
        Keys = _transcript.IntroduceKeys(shared, subcredential);
        CryptographicOperations.ZeroMemory(shared);
    }

    /// <summary>X, which goes into INTRODUCE1 in clear.</summary>
    public Curve25519PublicKey PublicKey => _ephemeral.Public;

    /// <summary>The keys that hide the rest of INTRODUCE1.</summary>
    public IntroduceKeys Keys { get; }

    /// <summary>Begins a handshake with a service through one of its introduction points.</summary>
    /// <param name="authKey">The introduction point's authentication key from the descriptor.</param>
    /// <param name="encKey">The introduction point's encryption key from the descriptor.</param>
    /// <param name="subcredential">32 bytes.</param>
    /// <param name="random">For the ephemeral key.</param>
    /// <exception cref="ProtocolException">The encryption key is of small order.</exception>
    public static HsNtorClient Begin(
        in Ed25519Identity authKey, in Curve25519PublicKey encKey, ReadOnlySpan<byte> subcredential, IRandomSource random) =>
        Begin(authKey, encKey, subcredential, X25519KeyPair.Generate(random));

    /// <summary>Checks RENDEZVOUS2 and gives the layer between us and the service.</summary>
    /// <param name="serverKey">Y.</param>
    /// <param name="auth">AUTH, 32 bytes.</param>
    /// <exception cref="ProtocolException">AUTH is wrong: this is not the service that was asked.</exception>
    public RelayLayer Complete(in Curve25519PublicKey serverKey, ReadOnlySpan<byte> auth)
    {
        Span<byte> shared = stackalloc byte[2 * HsNtorTranscript.SharedSize];
        Span<byte> expected = stackalloc byte[32];
        try
        {
            _ephemeral.Agree(serverKey, shared[..32]);
            _ephemeral.Agree(_encryptionKey, shared[32..]);
            var layer = _transcript.Rendezvous(shared, serverKey, expected);
            if (CryptographicOperations.FixedTimeEquals(expected, auth))
            {
                return layer;
            }

            layer.Dispose();
            throw new ProtocolException("The rendezvous reply does not prove that it comes from the onion service.");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(shared);
        }
    }

    /// <summary>Zeroises the secrets.</summary>
    public void Dispose()
    {
        Keys.Dispose();
        _ephemeral.Dispose();
    }

    internal static HsNtorClient Begin(
        in Ed25519Identity authKey, in Curve25519PublicKey encKey, ReadOnlySpan<byte> subcredential, X25519KeyPair ephemeral) =>
        new(authKey, encKey, subcredential, ephemeral);
}
