using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Handshakes;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Circuits;

/// <summary>The cells around a client's handshake (tor-spec 5.1).</summary>
internal static class HopHandshake
{
    /// <summary>Sends CREATE2, or CREATE_FAST.</summary>
    public static void SendCreate(ICircuitLink link, CircuitId id, ClientHandshake handshake)
    {
        Span<byte> payload = stackalloc byte[CellFraming.PayloadSize];
        payload.Clear();
        var writer = new SpanWriter(payload);
        if (handshake.Type == HandshakeType.Fast)
        {
            new CreateFastCell(handshake.Onionskin).Write(ref writer);
            link.Send(id, CellCommand.CreateFast, payload);
            return;
        }

        new Create2Cell(handshake.Type, handshake.Onionskin).Write(ref writer);
        link.Send(id, CellCommand.Create2, payload);
    }

    /// <summary>The keys from the payload of CREATED2 or CREATED_FAST, or the body of EXTENDED2.</summary>
    /// <exception cref="Protocol.ProtocolException">The relay does not have the key that we asked for, or the answer is malformed.</exception>
    public static CircuitKeyMaterial Complete(ClientHandshake handshake, ReadOnlySpan<byte> answer)
    {
        var reader = new SpanReader(answer);
        return handshake.Complete(
            handshake.Type == HandshakeType.Fast ? reader.ReadBytes(CreatedFastCell.Size) : Created2Cell.Read(ref reader).Reply.Span);
    }
}
