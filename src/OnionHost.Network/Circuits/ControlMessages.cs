using OnionHost.Protocol;
using OnionHost.Protocol.Messages;

namespace OnionHost.Network.Circuits;

/// <summary>Who takes an edge's messages without stream, by command.</summary>
internal sealed class ControlMessages
{
    private readonly Lock _lock = new();
    private readonly Dictionary<RelayCommand, RelayMessageHandler> _handlers = [];
    private readonly HashSet<TaskCompletionSource<byte[]>> _waiting = [];
    private TorException? _closed;

    /// <summary>Registers a handler until the result is disposed.</summary>
    public IDisposable Handle(RelayCommand command, RelayMessageHandler handler)
    {
        lock (_lock)
        {
            _handlers[command] = _handlers.TryGetValue(command, out var others) ? others + handler : handler;
        }

        return new Registration(this, command, handler);
    }

    /// <summary>The body of the next message; registered before this returns.</summary>
    public Task<byte[]> ReceiveAsync(RelayCommand command, CancellationToken cancellationToken)
    {
        var next = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_closed is not null)
            {
                return Task.FromException<byte[]>(_closed);
            }

            _waiting.Add(next);
        }

        return AwaitAsync(next, Handle(command, (_, body) => next.TrySetResult(body.ToArray())), cancellationToken);
    }

    /// <summary>Read loop: gives a message to whoever takes it; false if nobody does.</summary>
    public bool Deliver(RelayCommand command, ReadOnlySpan<byte> body)
    {
        RelayMessageHandler? handler;
        lock (_lock)
        {
            handler = _handlers.GetValueOrDefault(command);
        }

        handler?.Invoke(command, body);
        return handler is not null;
    }

    /// <summary>No message comes any more.</summary>
    public void Close(TorException cause)
    {
        TaskCompletionSource<byte[]>[] waiting;
        lock (_lock)
        {
            _closed ??= cause;
            waiting = [.. _waiting];
            _handlers.Clear();
        }

        foreach (var next in waiting)
        {
            next.TrySetException(cause);
        }
    }

    private async Task<byte[]> AwaitAsync(TaskCompletionSource<byte[]> next, IDisposable registration, CancellationToken cancellationToken)
    {
        try
        {
            return await next.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            registration.Dispose();
            lock (_lock)
            {
                _waiting.Remove(next);
            }
        }
    }

    private void Remove(RelayCommand command, RelayMessageHandler handler)
    {
        lock (_lock)
        {
            if (!_handlers.TryGetValue(command, out var all))
            {
                return;
            }

            if (all - handler is { } others)
            {
                _handlers[command] = others;
            }
            else
            {
                _handlers.Remove(command);
            }
        }
    }

    private sealed class Registration(ControlMessages owner, RelayCommand command, RelayMessageHandler handler) : IDisposable
    {
        public void Dispose() => owner.Remove(command, handler);
    }
}
