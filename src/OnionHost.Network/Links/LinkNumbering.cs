using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Links;

/// <summary>
/// Which circuit numbers each side of a link picks (tor-spec 5.1.1). With 4-byte numbers the TLS initiator's have the
/// highest bit. With 2-byte ones (link protocol 3) the side with the greater RSA identity key has it; a side without
/// an identity may pick any.
/// </summary>
internal sealed class LinkNumbering
{
    private readonly uint _bit;
    private readonly bool? _oursHaveBit;
    private readonly bool _peerPicksAny;

    private LinkNumbering(int circuitIdSize, bool? oursHaveBit, bool peerPicksAny)
    {
        CircuitIdSize = circuitIdSize;
        _bit = circuitIdSize == 4 ? CircuitId.InitiatorBit : 0x8000u;
        _oursHaveBit = oursHaveBit;
        _peerPicksAny = peerPicksAny;
    }

    /// <summary>Bytes of a circuit number, 2 or 4.</summary>
    public int CircuitIdSize { get; }

    /// <summary>The rule of link protocols 4 and 5.</summary>
    public static LinkNumbering Wide(bool isInitiator) => new(4, isInitiator, peerPicksAny: false);

    /// <summary>The rule of link protocol 3.</summary>
    /// <param name="ours">Our RSA identity key; null for a client.</param>
    /// <param name="peers">The peer's RSA identity key; null for a client.</param>
    public static LinkNumbering Narrow(RsaPublicKey? ours, RsaPublicKey? peers) => (ours, peers) switch
    {
        (_, null) => new(2, null, peerPicksAny: true),
        (null, _) => new(2, true, peerPicksAny: false),
        _ => new(2, ours.Pkcs1.Span.SequenceCompareTo(peers.Pkcs1.Span) > 0, peerPicksAny: false),
    };

    /// <summary>A random number of our half; null if we may pick none on this link.</summary>
    public CircuitId? Pick(IRandomSource random)
    {
        if (_oursHaveBit is not { } hasBit)
        {
            return null;
        }

        var value = (uint)(1 + random.Next((int)(_bit - 1)));
        return new CircuitId(hasBit ? value | _bit : value);
    }

    /// <summary>True if the peer may pick this number.</summary>
    public bool IsOfPeer(CircuitId id) => _peerPicksAny || (id.Value & _bit) != 0 != _oursHaveBit;
}
