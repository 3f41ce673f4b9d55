using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using OnionHost.Network.Congestion;
using OnionHost.Protocol.Cells;

namespace OnionHost.Network.Circuits;

/// <summary>
/// A circuit that ends here with at least one layer: a client's, or a relay's. It owns the two locks of the cell path:
/// <see cref="SendLock"/> makes the order of the cryptography the order on the wire, <see cref="ReceiveLock"/> keeps a
/// layer alive while the read loop uses it. Neither is ever held while waiting.
/// </summary>
internal abstract class EdgeCircuit
{
    // Numbers name circuits in logs and features for the whole process, whichever node they belong to.
    private static readonly StrongBox<long> LastNumber = new();

    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _reason = -1;

    protected EdgeCircuit(NodeContext context, ILogger logger)
    {
        Context = context;
        Logger = logger;
    }

    /// <summary>Names the circuit in this process.</summary>
    public long Number { get; } = Interlocked.Increment(ref LastNumber.Value);

    /// <summary>Completes when the circuit is closed, by whomever; never faults.</summary>
    public Task Closed => _closed.Task;

    public bool IsOpen => Volatile.Read(ref _reason) < 0;

    /// <summary>Why the circuit closed; null while it is open.</summary>
    public DestroyReason? CloseReason => Volatile.Read(ref _reason) is var reason and >= 0 ? (DestroyReason)reason : null;

    internal NodeContext Context { get; }

    /// <summary>This circuit's cells that wait at the link that our own go out on.</summary>
    internal abstract int QueuedCells { get; }

    internal Lock SendLock { get; } = new();

    protected Lock ReceiveLock { get; } = new();

    internal ILogger Logger { get; }

    /// <summary>Send lock: a payload that <paramref name="edge"/> sealed goes through the nearer layers, and out.</summary>
    internal abstract void Forward(CircuitEdge edge, Span<byte> payload, bool early);

    /// <summary>The flow control of a new layer: what was agreed on, or fixed windows.</summary>
    /// <param name="terms">What was agreed on; null if nothing.</param>
    /// <param name="end">Which end of the layer this is.</param>
    /// <param name="acceptUntagged">True on CREATE_FAST circuits.</param>
    internal CircuitFlow BeginFlow(CongestionTerms? terms, FlowEnd end, bool acceptUntagged = false)
    {
        if (terms is null)
        {
            return new FixedCircuitFlow(acceptUntagged);
        }

        CircuitLog.CongestionControl(Logger, Number, end, terms.SendmeIncrement);
        return terms.Begin(end, Context.Time);
    }

    /// <summary>Closes the circuit because its peer broke the rules; <paramref name="rule"/> says which.</summary>
    internal abstract void Fail(DestroyReason reason, string rule);

    /// <summary>True for the one caller that closes the circuit.</summary>
    protected bool TryClose(DestroyReason reason) => Interlocked.CompareExchange(ref _reason, (int)reason, -1) == -1;

    /// <summary>
    /// Zeroises the keys of a closed circuit, or of hops that were cut off, once neither lock is held by whoever still uses
    /// them. Later, and holding nothing else, since a circuit may be closed by a cell of another that is closing too.
    /// </summary>
    protected void DisposeLater(IEnumerable<IDisposable> keys) => ThreadPool.UnsafeQueueUserWorkItem(
        all =>
        {
            lock (ReceiveLock)
            {
                lock (SendLock)
                {
                    foreach (var key in all)
                    {
                        key.Dispose();
                    }
                }
            }
        },
        keys,
        preferLocal: false);

    /// <summary>Tells those who wait for <see cref="Closed"/>.</summary>
    protected void SetClosed() => _closed.TrySetResult();
}
