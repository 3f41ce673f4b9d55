using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using OnionHost.Transport.Binding;

namespace OnionHost.Transport.Connections;

/// <summary>
/// One visitor's connection as Kestrel sees it. Its features are a plain writable collection, since Kestrel adds its own; the
/// pipes are the onion stream's, without a copy between.
/// </summary>
internal sealed class OnionConnectionContext : ConnectionContext, IConnectionIdFeature, IConnectionItemsFeature, IConnectionTransportFeature,
    IConnectionLifetimeFeature, IConnectionEndPointFeature, IMemoryPoolFeature
{
    private static readonly TimeSpan TimeToSendTheRest = TimeSpan.FromMinutes(2);

    private readonly CancellationTokenSource _closed = new();
    private readonly TaskCompletionSource _closedFired = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenRegistration _streamClosed;
    private readonly OnionTransportContext _context;
    private readonly IDuplexPipe _original;
    private readonly IOnionStream _stream;
    private int _aborted;
    private int _closing;

    public OnionConnectionContext(
        IOnionStream stream, OnionEndPoint local, int visitorPort, OnionTransportContext context, MemoryPool<byte>? pool)
    {
        _stream = stream;
        _context = context;
        _original = new OnionDuplexPipe(new OnionPipeReader(stream.Input, this), stream.Output);
        Transport = _original;
        ConnectionId = context.NextConnectionId();
        LocalEndPoint = local;
        RemoteEndPoint = new IPEndPoint(VisitorAddress.Of(stream.CircuitId), visitorPort);
        ConnectionClosed = _closed.Token;
        MemoryPool = pool ?? MemoryPool<byte>.Shared;
        Features.Set<IConnectionIdFeature>(this);
        Features.Set<IConnectionItemsFeature>(this);
        Features.Set<IConnectionTransportFeature>(this);
        Features.Set<IConnectionLifetimeFeature>(this);
        Features.Set<IConnectionEndPointFeature>(this);
        Features.Set<IMemoryPoolFeature>(this);
        Features.Set<IOnionConnectionFeature>(stream);
        _streamClosed = stream.Closed.UnsafeRegister(static self => ((OnionConnectionContext)self!).FireClosed(), this);
    }

    public override string ConnectionId { get; set; }

    public override IFeatureCollection Features { get; } = new FeatureCollection();

    public override IDictionary<object, object?> Items { get; set; } = new ConnectionItems();

    public override IDuplexPipe Transport { get; set; }

    public override CancellationToken ConnectionClosed { get; set; }

    public override EndPoint? LocalEndPoint { get; set; }

    public override EndPoint? RemoteEndPoint { get; set; }

    public MemoryPool<byte> MemoryPool { get; }

    /// <summary>True once this side has ended the connection: what fails after that is our doing, not the visitor's.</summary>
    public bool IsAborted => Volatile.Read(ref _aborted) != 0;

    public override void Abort() => Abort(null!);

    /// <summary>
    /// Ends the connection at once. Kestrel calls it with and without a reason, again from within its own callbacks, and during
    /// shutdown, where an exception would skip the listener's disposal: so the first call counts and none of them throws or blocks.
    /// </summary>
    public override void Abort(ConnectionAbortedException abortReason)
    {
        if (Interlocked.Exchange(ref _aborted, 1) != 0)
        {
            return;
        }

        OnionTransportLog.Aborted(_context.Logger, ConnectionId, abortReason?.Message ?? "no reason given");
        try
        {
            _stream.Abort();
        }
        catch (Exception fault)
        {
            OnionTransportLog.AbortFault(_context.Logger, fault, ConnectionId);
        }

        FireClosed();
    }

    /// <summary>Sends what is left and the end, unless the connection was aborted, and waits until that is done.</summary>
    public override async ValueTask DisposeAsync()
    {
        try
        {
            await _original.Input.CompleteAsync();
            await _original.Output.CompleteAsync();
            await _stream.DisposeAsync();
            await WaitUntilSentAsync();
        }
        catch (Exception fault)
        {
            OnionTransportLog.DisposeFault(_context.Logger, fault, ConnectionId);
        }

        await TellClosedAsync();
        await _streamClosed.DisposeAsync();
        _closed.Dispose();
    }

    /// <summary>Cancels <see cref="ConnectionClosed"/>, if nobody did, and waits until all who registered for it know.</summary>
    internal Task TellClosedAsync()
    {
        FireClosed();
        return _closedFired.Task;
    }

    // Once this returns the server may close the service and its circuits, which would take the rest of an answer with it.
    private async Task WaitUntilSentAsync()
    {
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = _stream.Closed.UnsafeRegister(static state => ((TaskCompletionSource)state!).TrySetResult(), closed);
        try
        {
            await closed.Task.WaitAsync(TimeToSendTheRest, _context.Time);
        }
        catch (TimeoutException)
        {
            Abort(new ConnectionAbortedException("The visitor did not take the rest of the answer."));
        }
    }

    // On the pool: the callbacks belong to the application, and the caller is the circuit's read loop or Kestrel's shutdown.
    private void FireClosed()
    {
        if (Interlocked.Exchange(ref _closing, 1) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static self => self.CancelClosed(), this, preferLocal: false);
        }
    }

    private void CancelClosed()
    {
        try
        {
            _closed.Cancel();
        }
        catch (Exception fault)
        {
            OnionTransportLog.CloseCallbackFault(_context.Logger, fault, ConnectionId);
        }
        finally
        {
            _closedFired.TrySetResult();
        }
    }
}
