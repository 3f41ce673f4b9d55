using System.IO.Pipelines;
using OnionHost.Protocol.Identities;
using OnionHost.Rendezvous.Services;

namespace OnionHost.Transport.Binding;

/// <summary>The connections to one port of a running onion service. Whoever made it hears when it is unbound and disposed.</summary>
internal sealed class OnionServiceAcceptor(OnionListener listener, Action? unbound = null, Func<ValueTask>? disposed = null) : IOnionAcceptor
{
    private int _unbound;
    private int _disposed;

    public OnionAddress Address => listener.Service;

    public async ValueTask<IOnionStream?> AcceptAsync(CancellationToken cancellationToken) =>
        await listener.AcceptAsync(cancellationToken) is { } connection ? new AcceptedStream(connection) : null;

    public void Unbind()
    {
        listener.Unbind();
        if (Interlocked.Exchange(ref _unbound, 1) == 0)
        {
            unbound?.Invoke();
        }
    }

    public ValueTask DisposeAsync()
    {
        Unbind();
        return Interlocked.Exchange(ref _disposed, 1) == 0 && disposed is not null ? disposed() : ValueTask.CompletedTask;
    }

    private sealed class AcceptedStream(OnionConnection connection) : IOnionStream
    {
        public PipeReader Input => connection.Input;

        public PipeWriter Output => connection.Output;

        public OnionAddress Service => connection.Service;

        public int Port => connection.VirtualPort;

        public uint CircuitId => connection.CircuitId;

        public string? CookieName => connection.CookieName;

        public bool HasCookie => connection.HasCookie;

        public CancellationToken Closed => connection.Closed;

        public void Abort() => connection.Abort();

        public void CloseCircuit() => connection.CloseCircuit();

        public ValueTask DisposeAsync() => connection.DisposeAsync();
    }
}
