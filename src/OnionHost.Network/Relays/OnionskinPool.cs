using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using OnionHost.Network.Congestion;
using OnionHost.Protocol;
using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Handshakes;

namespace OnionHost.Network.Relays;

/// <summary>
/// Answers handshakes away from the cell loops: two multiplications on the curve take as long as hundreds of cells.
/// Bounded in workers, and in number and age of what waits. A worker gives its thread back every few handshakes, to the
/// end of the thread pool's line: under a flood of them the links go on reading and writing.
/// </summary>
internal sealed class OnionskinPool : IAsyncDisposable, IThreadPoolWorkItem
{
    private const int AnswersPerTurn = 8;
    private const int FastReplySize = 40;
    private const int NtorReplySize = 64;

    private readonly NodeContext _context;
    private readonly CircuitIdentity _identity;
    private readonly OnionskinQueue _waiting;
    private readonly ILogger _logger;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int _maxWorkers = Environment.ProcessorCount;
    private int _workers;
    private bool _isClosed;
    private long _answered;
    private long _dropped;

    public OnionskinPool(NodeContext context, CircuitIdentity identity, int maxWaiting)
    {
        _context = context;
        _identity = identity;
        _logger = context.Loggers.CreateLogger<OnionskinPool>();
        _waiting = new OnionskinQueue(context.Time, maxWaiting);
    }

    /// <summary>After so long the client has given up (onion_queue_wait_cutoff).</summary>
    public TimeSpan LongestWait { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Handshakes answered so far.</summary>
    public long Answered => Volatile.Read(ref _answered);

    /// <summary>Handshakes refused so far, because too many waited or they waited too long.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Handshakes that wait.</summary>
    public int Waiting => _waiting.Count;

    /// <summary>Takes a handshake; false if too many wait.</summary>
    public bool TryAdd(Onionskin onionskin)
    {
        if (!_waiting.TryAdd(onionskin))
        {
            Interlocked.Increment(ref _dropped);
            return false;
        }

        Wake();
        return true;
    }

    /// <summary>Answers on this thread. Whatever goes wrong ends that circuit only.</summary>
    public void AnswerNow(Onionskin onionskin)
    {
        try
        {
            Answer(onionskin);
            Interlocked.Increment(ref _answered);
        }
        catch (Exception e)
        {
            RelayLog.HandshakeFault(_logger, e, onionskin.Circuit.Number);
            onionskin.Circuit.Close(DestroyReason.Internal);
        }
    }

    /// <summary>A worker's turn: some handshakes, then somebody else's work.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        for (var i = 0; i < AnswersPerTurn && _waiting.TryTake(out var onionskin, out var age); i++)
        {
            if (age <= LongestWait)
            {
                AnswerNow(onionskin);
            }
            else
            {
                Interlocked.Increment(ref _dropped);
                onionskin.Circuit.Close(DestroyReason.ResourceLimit);
            }
        }

        if (_waiting.Count > 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            return;
        }

        var left = Interlocked.Decrement(ref _workers);
        if (_waiting.Count > 0)
        {
            Wake();
        }
        else if (left == 0 && Volatile.Read(ref _isClosed))
        {
            _ended.TrySetResult();
        }
    }

    /// <summary>Drops what waits; ends when no worker uses the keys any more.</summary>
    public async ValueTask DisposeAsync()
    {
        Volatile.Write(ref _isClosed, true);
        _waiting.Close();
        if (Volatile.Read(ref _workers) > 0)
        {
            await _ended.Task.ConfigureAwait(false);
        }
    }

    private void Wake()
    {
        if (Interlocked.Increment(ref _workers) <= _maxWorkers)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
        else if (Interlocked.Decrement(ref _workers) == 0)
        {
            // All workers ended between the two lines, and saw nothing to do.
            Wake();
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
        onionskin.Circuit.Establish(keys, onionskin.Circuit.BeginFlow(null, FlowEnd.ExitRelay, acceptUntagged: true), CellCommand.CreatedFast, reply);
    }

    private void AnswerNtor(Onionskin onionskin)
    {
        Span<byte> payload = stackalloc byte[2 + NtorReplySize];
        var writer = new SpanWriter(payload);
        writer.WriteUInt16(NtorReplySize);
        var keys = NtorServer.Answer(
            onionskin.Body.Span, _identity.Fingerprint, _identity.OnionKeys(), _context.Random, writer.Reserve(NtorReplySize));
        onionskin.Circuit.Establish(keys, onionskin.Circuit.BeginFlow(null, FlowEnd.ExitRelay), CellCommand.Created2, payload);
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
        onionskin.Circuit.Establish(keys, onionskin.Circuit.BeginFlow(terms, FlowEnd.ExitRelay), CellCommand.Created2, payload);
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
