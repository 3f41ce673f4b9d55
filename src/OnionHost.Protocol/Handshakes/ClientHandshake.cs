namespace OnionHost.Protocol.Handshakes;

/// <summary>A handshake that the client has begun. Good for one reply; disposing zeroises its secrets.</summary>
public abstract class ClientHandshake : IDisposable
{
    private protected ClientHandshake(HandshakeType type, ReadOnlyMemory<byte> onionskin)
    {
        Type = type;
        Onionskin = onionskin;
    }

    /// <summary>Which handshake it is.</summary>
    public HandshakeType Type { get; }

    /// <summary>The bytes for CREATE2, EXTEND2 or CREATE_FAST.</summary>
    public ReadOnlyMemory<byte> Onionskin { get; }

    /// <summary>Checks the relay's reply and derives the keys.</summary>
    /// <param name="reply">The handshake bytes of CREATED2, EXTENDED2 or CREATED_FAST.</param>
    /// <exception cref="ProtocolException">The reply does not prove that the relay has its key.</exception>
    public abstract CircuitKeyMaterial Complete(ReadOnlySpan<byte> reply);

    /// <summary>Zeroises the secrets.</summary>
    public abstract void Dispose();
}
