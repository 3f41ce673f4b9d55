using System.IO.Pipelines;
using OnionHost.Protocol.Identities;

namespace OnionHost.Rendezvous.Services;

/// <summary>A visitor's stream, at the service's end. Whoever accepted it owns it and disposes it.</summary>
public sealed class OnionConnection : IAsyncDisposable
{
    private readonly OnionConnectionInfo _info;
    private readonly IDuplexPipe _pipe;
    private readonly Action _abort;
    private readonly Action _closeCircuit;
    private int _disposed;

    /// <summary>Wraps a stream of bytes; the actions end the stream, and the whole circuit with all its streams.</summary>
    internal OnionConnection(OnionConnectionInfo info, IDuplexPipe pipe, CancellationToken closed, Action abort, Action closeCircuit)
    {
        _info = info;
        _pipe = pipe;
        Closed = closed;
        _abort = abort;
        _closeCircuit = closeCircuit;
    }

    /// <summary>What the visitor sends.</summary>
    public PipeReader Input => _pipe.Input;

    /// <summary>What the visitor gets.</summary>
    public PipeWriter Output => _pipe.Output;

    /// <summary>The address that was visited.</summary>
    public OnionAddress Service => _info.Service;

    /// <summary>The port that was asked for.</summary>
    public int VirtualPort => _info.VirtualPort;

    /// <summary>
    /// The visitor's circuit: equal for streams that came on the same one, unique in this process for as long as it lives.
    /// It says nothing of who the visitor is.
    /// </summary>
    public uint CircuitId => _info.CircuitId;

    /// <summary>The name of the cookie that the visitor proved at the introduction; null if none was proved.</summary>
    public string? CookieName => _info.CookieName;

    /// <summary>
    /// True if the visitor holds a cookie: a proved one (<see cref="CookieName"/>), or one that only decrypted the descriptor
    /// of a service that requires cookies.
    /// </summary>
    public bool HasCookie => _info.HasCookie;

    /// <summary>Cancelled when the stream or its circuit has ended.</summary>
    public CancellationToken Closed { get; }

    /// <summary>Ends the stream at once; what was not sent yet is lost.</summary>
    public void Abort() => _abort();

    /// <summary>Ends the visitor's circuit with all its streams.</summary>
    public void CloseCircuit() => _closeCircuit();

    /// <summary>Completes both pipes: what was written is still sent, then the stream ends.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await _pipe.Output.CompleteAsync().ConfigureAwait(false);
        await _pipe.Input.CompleteAsync().ConfigureAwait(false);
        if (_pipe is IAsyncDisposable disposable)
        {
            await disposable.DisposeAsync().ConfigureAwait(false);
        }
    }
}
