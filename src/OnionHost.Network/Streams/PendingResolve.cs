using OnionHost.Network.Circuits;
using OnionHost.Protocol;
using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Identities;
using OnionHost.Protocol.Messages;

namespace OnionHost.Network.Streams;

/// <summary>A RESOLVE that waits for its RESOLVED; END in its place is a failure.</summary>
internal sealed class PendingResolve(CircuitEdge edge, StreamId id) : IEdgeStream
{
    private readonly TaskCompletionSource<ResolvedMessage> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<ResolvedMessage> Answer => _answer.Task;

    public bool OnData(ReadOnlySpan<byte> body) => false;

    public void OnBatchEnd()
    {
    }

    public void OnMessage(RelayCommand command, ReadOnlySpan<byte> body)
    {
        var reader = new SpanReader(body);
        switch (command)
        {
            case RelayCommand.Resolved:
                var message = ResolvedMessage.Read(ref reader);
                edge.ForgetStream(id);
                _answer.TrySetResult(message);
                break;
            case RelayCommand.End:
                var reason = EndMessage.Read(ref reader).Reason;
                edge.ForgetStream(id);
                Fail(StreamException.Ended(reason));
                break;
            case RelayCommand.Connected:
                throw new ProtocolException("CONNECTED arrived for a RESOLVE.");
        }
    }

    public Task EndAsync() => Task.CompletedTask;

    public void OnCircuitClosed(TorException cause) => Fail(cause);

    private void Fail(TorException cause)
    {
        _answer.TrySetException(cause);
        _ = _answer.Task.Exception; // Nobody has to wait for it.
    }
}
