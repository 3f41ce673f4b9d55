using System.IO.Pipelines;
using OnionHost.Protocol;
using OnionHost.Protocol.Identities;
using OnionHost.Transport.Binding;

namespace OnionHost.Transport.Tests.Fakes;

/// <summary>A visitor's connection without a network: two pipes, and the visitor's ends of them.</summary>
internal sealed class FakeOnionStream : IOnionStream
{
    private readonly Pipe _toService = new(new PipeOptions(pauseWriterThreshold: 1 << 20, resumeWriterThreshold: 1 << 16));
    private readonly Pipe _toVisitor = new(new PipeOptions(pauseWriterThreshold: 1 << 16, resumeWriterThreshold: 1 << 15));
    private readonly CancellationTokenSource _closed = new();
    private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _aborts;

    public required OnionAddress Service { get; init; }

    public required int Port { get; init; }

    public uint CircuitId { get; init; } = 7;

    public string? CookieName { get; init; }

    public bool HasCookie { get; init; }

    public bool AbortThrows { get; init; }

    /// <summary>The visitor does not take what is sent, so that the end of the stream has to wait.</summary>
    public bool Stalls { get; init; }

    public int Aborts => _aborts;

    public int ClosedCircuits { get; private set; }

    /// <summary>Completes when the server has let go of the connection.</summary>
    public Task Disposed => _disposed.Task;

    public CancellationToken Closed => _closed.Token;

    public PipeReader Input => _toService.Reader;

    public PipeWriter Output => _toVisitor.Writer;

    public PipeReader FromService => _toVisitor.Reader;

    public PipeWriter ToService => _toService.Writer;

    /// <summary>The visitor ends the connection in order, as a RELAY_END with reason DONE does.</summary>
    public void End()
    {
        _toService.Writer.Complete();
        _closed.Cancel();
    }

    /// <summary>The visitor's circuit dies.</summary>
    public void Reset()
    {
        _toService.Writer.Complete(new TorException(TorErrorKind.Network, "The circuit was destroyed."));
        _closed.Cancel();
    }

    public void Abort()
    {
        Interlocked.Increment(ref _aborts);
        var fault = new TorException(TorErrorKind.Local, "Aborted.");
        _toService.Writer.Complete(fault);
        _toVisitor.Writer.Complete(new IOException("The service aborted the connection."));
        _closed.Cancel();
        if (AbortThrows)
        {
            throw new InvalidOperationException("An abort that fails.");
        }
    }

    public void CloseCircuit()
    {
        ClosedCircuits++;
        Abort();
    }

    public ValueTask DisposeAsync()
    {
        _disposed.TrySetResult();
        if (!Stalls)
        {
            _closed.Cancel();
        }

        return ValueTask.CompletedTask;
    }
}
