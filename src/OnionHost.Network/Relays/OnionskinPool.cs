using System.Collections.Immutable;
using System.Threading.Channels;
using OnionHost.Network.Circuits;
using OnionHost.Network.Congestion;
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
            switch (onionskin.Type)
            {
                case HandshakeType.Fast:
                    AnswerFast(onionskin);
                    break;
                case HandshakeType.Ntor:
                    AnswerNtor(onionskin);
                    break;
                default:
                    AnswerNtorV3(onionskin);
                    break;
            }
        }
        catch (ProtocolException e)
        {
            onionskin.Circuit.Fail(DestroyReason.Protocol, e.Message);
        }
    }

    private void AnswerFast(Onionskin onionskin)
    {
        var reply = new byte[FastReplySize];
        var keys = CreateFastServer.Answer(onionskin.Body.Span, _context.Random, reply);
        onionskin.Circuit.Establish(keys, new FixedCircuitFlow(acceptUntagged: true), CellCommand.CreatedFast, reply);
    }

    private void AnswerNtor(Onionskin onionskin)
    {
        Span<byte> payload = stackalloc byte[2 + NtorReplySize];
        var writer = new SpanWriter(payload);
        writer.WriteUInt16(NtorReplySize);
        var keys = NtorServer.Answer(
            onionskin.Body.Span, _identity.Fingerprint, _identity.OnionKeys(), _context.Random, writer.Reserve(NtorReplySize));
        onionskin.Circuit.Establish(keys, new FixedCircuitFlow(acceptUntagged: false), CellCommand.Created2, payload);
    }

    private void AnswerNtorV3(Onionskin onionskin)
    {
        using var handshake = NtorV3Server.Open(onionskin.Body.Span, _identity.Identity, _identity.OnionKeys());
        RefuseSubprotocols(handshake.Extensions);
        var terms = CongestionControlExtension.IsRequested(handshake.Extensions) && _identity.Congestion() is { } parameters
            ? new CongestionTerms(parameters, parameters.SendmeIncrement)
            : null;
        var keys = handshake.Answer(terms is null ? [] : [CongestionControlExtension.Grant(terms.SendmeIncrement)], _context.Random, out var reply);
        var payload = new byte[2 + reply.Length];
        var writer = new SpanWriter(payload);
        writer.WriteUInt16((ushort)reply.Length);
        writer.WriteBytes(reply);
        var flow = terms?.Begin(FlowEnd.ExitRelay, _context.Time) ?? new FixedCircuitFlow(acceptUntagged: false);
        onionskin.Circuit.Establish(keys, flow, CellCommand.Created2, payload);
    }

    /// <summary>What a client demands and we do not do must fail the circuit: it would use it at once (proposal 346).</summary>
    internal static void RefuseSubprotocols(ImmutableArray<NtorV3Extension> extensions)
    {
        if (extensions.Any(extension => extension is { Type: NtorV3ExtensionType.SubprotocolRequest, Data.IsEmpty: false }))
        {
            throw new ProtocolException("The client demands a subprotocol that is not spoken here.");
        }
    }
}
