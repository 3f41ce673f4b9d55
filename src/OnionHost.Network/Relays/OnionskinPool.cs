using System.Threading.Channels;
using OnionHost.Protocol;
using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Handshakes;

namespace OnionHost.Network.Relays;

/// <summary>
/// Answers handshakes away from the cell loops: two multiplications on the curve take as long as hundreds of cells.
/// Bounded in workers and in what waits.
/// </summary>
internal sealed class OnionskinPool : IAsyncDisposable
{
    private const int FastReplySize = 40;
    private const int NtorReplySize = 64;

    private readonly NodeContext _context;
    private readonly CircuitIdentity _identity;
    private readonly Channel<Onionskin> _waiting;
    private readonly BackgroundLoop[] _workers;

    public OnionskinPool(NodeContext context, CircuitIdentity identity, int maxWaiting)
    {
        _context = context;
        _identity = identity;
        _waiting = Channel.CreateBounded<Onionskin>(maxWaiting);
        _workers = new BackgroundLoop[Environment.ProcessorCount];
        for (var i = 0; i < _workers.Length; i++)
        {
            _workers[i] = BackgroundLoop.Start($"onionskins {i}", context, WorkAsync);
        }
    }

    /// <summary>Takes a handshake; false if too many wait.</summary>
    public bool TryAdd(Onionskin onionskin) => _waiting.Writer.TryWrite(onionskin);

    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        foreach (var worker in _workers)
        {
            await worker.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task WorkAsync(CancellationToken stop)
    {
        while (await _waiting.Reader.WaitToReadAsync(stop).ConfigureAwait(false))
        {
            while (_waiting.Reader.TryRead(out var onionskin))
            {
                Answer(onionskin);
            }
        }
    }

    private void Answer(Onionskin onionskin)
    {
        if (!onionskin.Circuit.IsOpen)
        {
            return;
        }

        try
        {
            if (onionskin.Type == HandshakeType.Fast)
            {
                var fast = new byte[FastReplySize];
                var keys = CreateFastServer.Answer(onionskin.Body.Span, _context.Random, fast);
                onionskin.Circuit.Establish(keys, CellCommand.CreatedFast, fast);
                return;
            }

            var payload = new byte[2 + NtorReplySize];
            var writer = new SpanWriter(payload);
            writer.WriteUInt16(NtorReplySize);
            var layer = NtorServer.Answer(
                onionskin.Body.Span, _identity.Fingerprint, _identity.OnionKeys(), _context.Random, writer.Reserve(NtorReplySize));
            onionskin.Circuit.Establish(layer, CellCommand.Created2, payload);
        }
        catch (ProtocolException e)
        {
            onionskin.Circuit.Fail(DestroyReason.Protocol, e.Message);
        }
    }
}
