using OnionHost.Network.Circuits;
using OnionHost.Protocol;
using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Identities;
using OnionHost.Protocol.Messages;

namespace OnionHost.Network.Relays;

/// <summary>
/// Refuses to run padding machines on circuits: relays that do not advertise Padding=2 are not asked, and whoever asks anyway is told
/// at once, so that he does not wait for padding that never comes (padding-spec 3.2).
/// </summary>
internal sealed class NoCircuitPadding : IRelayRole
{
    public void Attach(RelayCircuit circuit) =>
        circuit.Edge.Handle(RelayCommand.PaddingNegotiate, (_, body) => Refuse(circuit, body));

    private static void Refuse(RelayCircuit circuit, ReadOnlySpan<byte> body)
    {
        CircuitPaddingMessage wish;
        try
        {
            var reader = new SpanReader(body);
            wish = CircuitPaddingMessage.Read(ref reader);
        }
        catch (ProtocolException)
        {
            CircuitLog.Unexpected(circuit, RelayCommand.PaddingNegotiate);
            return;
        }

        // To stop what does not run takes no answer.
        if (wish.Start)
        {
            Span<byte> answer = stackalloc byte[8];
            var writer = new SpanWriter(answer);
            wish.WriteAnswer(ref writer, isAgreed: false);
            circuit.Edge.Send(RelayCommand.PaddingNegotiated, StreamId.None, writer.Written);
        }
    }
}
