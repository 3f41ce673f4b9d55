using OnionHost.Network.Congestion;
using OnionHost.Protocol;
using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Handshakes;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Circuits;

/// <summary>A client's handshake with one hop, and the cells around it (tor-spec 5.1).</summary>
internal sealed class HopHandshake : IDisposable
{
    private readonly ClientHandshake _handshake;
    private readonly CongestionParameters? _asked;

    private HopHandshake(ClientHandshake handshake, CongestionParameters? asked)
    {
        _handshake = handshake;
        _asked = asked;
    }

    public HandshakeType Type => _handshake.Type;

    public ReadOnlyMemory<byte> Onionskin => _handshake.Onionskin;

    /// <summary>ntor-v3 where congestion control is wanted, plain ntor elsewhere: what stock clients do, too.</summary>
    public static HopHandshake Begin(HopTarget hop, IRandomSource random) => hop is { Congestion: { } asked, Identity: { } identity }
        ? new HopHandshake(NtorV3ClientHandshake.Begin(identity, hop.OnionKey, [CongestionControlExtension.Request], random), asked)
        : new HopHandshake(NtorClientHandshake.Begin(hop.Fingerprint, hop.OnionKey, random), asked: null);

    /// <summary>CREATE_FAST, for a relay whose onion key is not known.</summary>
    public static HopHandshake BeginFast(IRandomSource random) => new(CreateFastClientHandshake.Begin(random), asked: null);

    /// <summary>Sends CREATE2, or CREATE_FAST.</summary>
    public void SendCreate(ICircuitLink link, CircuitId id)
    {
        Span<byte> payload = stackalloc byte[CellFraming.PayloadSize];
        payload.Clear();
        var writer = new SpanWriter(payload);
        if (Type == HandshakeType.Fast)
        {
            new CreateFastCell(Onionskin).Write(ref writer);
            link.Send(id, CellCommand.CreateFast, payload);
            return;
        }

        new Create2Cell(Type, Onionskin).Write(ref writer);
        link.Send(id, CellCommand.Create2, payload);
    }

    /// <summary>The keys from the payload of CREATED2 or CREATED_FAST, or the body of EXTENDED2; and what was agreed on, null for fixed windows.</summary>
    /// <exception cref="ProtocolException">The relay does not have the key that we asked for, or the answer is malformed, or grants what
    /// was not asked for.</exception>
    public CircuitKeyMaterial Complete(ReadOnlySpan<byte> answer, out CongestionTerms? terms)
    {
        var reader = new SpanReader(answer);
        var keys = _handshake.Complete(Type == HandshakeType.Fast ? reader.ReadBytes(CreatedFastCell.Size) : Created2Cell.Read(ref reader).Reply.Span);
        try
        {
            terms = TermsOf(_handshake);
            return keys;
        }
        catch
        {
            keys.Dispose();
            throw;
        }
    }

    public void Dispose() => _handshake.Dispose();

    private CongestionTerms? TermsOf(ClientHandshake handshake)
    {
        if (handshake is not NtorV3ClientHandshake v3 || CongestionControlExtension.Granted(v3.ReplyExtensions) is not { } increment)
        {
            return null;
        }

        return _asked?.Accepts(increment) == true
            ? new CongestionTerms(_asked, increment)
            : throw new ProtocolException($"A relay grants congestion control with {increment} cells for each SENDME.");
    }
}
