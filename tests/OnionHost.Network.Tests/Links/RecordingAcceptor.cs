using System.Threading.Channels;
using OnionHost.Network.Links;
using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Tests.Links;

/// <summary>Takes every circuit that a peer opens.</summary>
internal sealed class RecordingAcceptor : ILinkAcceptor
{
    private readonly Channel<(Link Link, CircuitId Id, RecordingCircuit Circuit, byte[] Payload)> _created =
        Channel.CreateUnbounded<(Link, CircuitId, RecordingCircuit, byte[])>();

    /// <summary>Makes the circuits; by default they record.</summary>
    public Func<Link, CircuitId, RecordingCircuit> Create { get; init; } = (_, _) => new RecordingCircuit();

    public async Task<(Link Link, CircuitId Id, RecordingCircuit Circuit, byte[] Payload)> NextAsync() =>
        await _created.Reader.ReadAsync().AsTask().WaitAsync(Timeouts.Step);

    void ILinkAcceptor.OnCreate(Link link, CircuitId id, CellCommand command, ReadOnlySpan<byte> payload)
    {
        var circuit = Create(link, id);
        if (link.TryAttach(id, circuit))
        {
            _created.Writer.TryWrite((link, id, circuit, payload.ToArray()));
        }
    }
}
