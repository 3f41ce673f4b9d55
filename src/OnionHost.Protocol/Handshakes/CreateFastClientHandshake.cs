using System.Security.Cryptography;
using OnionHost.Protocol.Cryptography;

namespace OnionHost.Protocol.Handshakes;

/// <summary>The client's side of CREATE_FAST (tor-spec 5.1.2): 20 random bytes out, 40 bytes back; protected by the link alone.</summary>
public sealed class CreateFastClientHandshake : ClientHandshake
{
    /// <summary>Bytes of the CREATE_FAST material.</summary>
    public const int OnionskinSize = FastKeys.NonceSize;

    /// <summary>Bytes of the reply: Y 20, KH 20.</summary>
    public const int ReplySize = 2 * FastKeys.NonceSize;

    private readonly byte[] _nonce;

    private CreateFastClientHandshake(byte[] nonce)
        : base(HandshakeType.Fast, nonce)
    {
        _nonce = nonce;
    }

    /// <summary>Begins a handshake with the relay at the other end of the link.</summary>
    public static CreateFastClientHandshake Begin(IRandomSource random) => new(random.Bytes(FastKeys.NonceSize));

    /// <inheritdoc/>
    public override CircuitKeyMaterial Complete(ReadOnlySpan<byte> reply)
    {
        if (reply.Length != ReplySize)
        {
            throw new ProtocolException($"A CREATED_FAST reply has {ReplySize} bytes, got {reply.Length}.");
        }

        Span<byte> material = stackalloc byte[CircuitKeyMaterial.Tor1Size];
        try
        {
            FastKeys.Derive(_nonce, reply[..FastKeys.NonceSize], material);
            return CryptographicOperations.FixedTimeEquals(material[..CircuitKeyMaterial.BindingSize], reply[FastKeys.NonceSize..])
                ? CircuitKeyMaterial.FromFast(material)
                : throw new ProtocolException("The CREATED_FAST reply has a wrong digest.");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(material);
        }
    }

    /// <inheritdoc/>
    public override void Dispose() => CryptographicOperations.ZeroMemory(_nonce);

    internal static CreateFastClientHandshake Begin(ReadOnlySpan<byte> nonce) => new(nonce.ToArray());
}
