using System.Threading.Channels;
using OnionHost.Network.Links;
using OnionHost.Protocol.Cells;

namespace OnionHost.Network.Tests.Links;

/// <summary>A circuit that keeps what it gets.</summary>
internal sealed class RecordingCircuit : ILinkCircuit
{
    private readonly Channel<(CellCommand Command, byte[] Payload)> _cells = Channel.CreateUnbounded<(CellCommand, byte[])>();
    private readonly TaskCompletionSource _linkClosed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ChannelReader<(CellCommand Command, byte[] Payload)> Cells => _cells.Reader;

    public Task LinkClosed => _linkClosed.Task;

    public int Batches { get; private set; }

    /// <summary>Runs on the read loop instead of keeping the cell.</summary>
    public Action<CellCommand, byte[]>? Handler { get; init; }

    public async Task<(CellCommand Command, byte[] Payload)> NextAsync() => await Cells.ReadAsync().AsTask().WaitAsync(Timeouts.Step);

    void ILinkCircuit.OnCell(CellCommand command, Span<byte> payload)
    {
        var copy = payload.ToArray();
        if (Handler is not null)
        {
            Handler(command, copy);
        }
        else
        {
            _cells.Writer.TryWrite((command, copy));
        }
    }

    void ILinkCircuit.OnBatchEnd() => Batches++;

    void ILinkCircuit.OnLinkClosed() => _linkClosed.TrySetResult();
}
