using OnionHost.Protocol.Cryptography;

namespace OnionHost.Protocol.RelayCrypto;

/// <summary>
/// One hop's onion layer, both directions. Forward is away from the client. A client originates with Forward and receives with
/// Backward; a relay and an onion service do the reverse.
/// </summary>
public sealed class RelayLayer : IDisposable
{
    /// <summary>Bytes of key material for a layer between client and relay.</summary>
    public const int Tor1KeySize = 72;

    /// <summary>Bytes of key material for the layer between client and onion service.</summary>
    public const int OnionHopKeySize = 128;

    private RelayLayer(LayerDirection forward, LayerDirection backward)
    {
        Forward = forward;
        Backward = backward;
    }

    /// <summary>From the client.</summary>
    public LayerDirection Forward { get; }

    /// <summary>Towards the client.</summary>
    public LayerDirection Backward { get; }

    /// <summary>A relay's layer: AES-128-CTR and SHA-1 (tor-spec 5.2).</summary>
    /// <param name="keys">Df 20, Db 20, Kf 16, Kb 16 bytes.</param>
    /// <exception cref="ArgumentException">The length is not 72.</exception>
    public static RelayLayer Tor1(ReadOnlySpan<byte> keys)
    {
        ThrowUnless(keys.Length == Tor1KeySize);
        return new RelayLayer(
            new LayerDirection(keys[40..56], RunningDigest.Sha1(keys[..20])),
            new LayerDirection(keys[56..72], RunningDigest.Sha1(keys[20..40])));
    }

    /// <summary>The layer between client and onion service: AES-256-CTR and SHA3-256 (rend-spec-v3 4.2.1).</summary>
    /// <param name="keys">Df 32, Db 32, Kf 32, Kb 32 bytes.</param>
    /// <exception cref="ArgumentException">The length is not 128.</exception>
    public static RelayLayer OnionHop(ReadOnlySpan<byte> keys)
    {
        ThrowUnless(keys.Length == OnionHopKeySize);
        return new RelayLayer(
            new LayerDirection(keys[64..96], RunningDigest.Sha3(keys[..32])),
            new LayerDirection(keys[96..128], RunningDigest.Sha3(keys[32..64])));
    }

    /// <summary>Zeroises the keys.</summary>
    public void Dispose()
    {
        Forward.Dispose();
        Backward.Dispose();
    }

    private static void ThrowUnless(bool rightSize)
    {
        if (!rightSize)
        {
            throw new ArgumentException($"A layer's key material has {Tor1KeySize} or {OnionHopKeySize} bytes.");
        }
    }
}
