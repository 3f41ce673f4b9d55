using OnionHost.Network.Congestion;
using System.IO.Pipelines;
using OnionHost.Rendezvous.Visitors;

namespace OnionHost.Rendezvous.Tests.Support;

/// <summary>The service's end of a joined circuit, which a test opens streams on.</summary>
internal sealed class FakeVisitorCircuit(uint id, Action<IVisitorCircuit, IVisitorStream> onStream) : IVisitorCircuit
{
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What the service takes to be agreed on.</summary>
    public CongestionTerms? Terms { get; init; }

    public List<FakeStream> Streams { get; } = [];

    public uint Id => id;

    public Task Closed => _closed.Task;

    public int OpenStreams => Streams.Count;

    public FakeStream Open(int port)
    {
        var stream = new FakeStream(port);
        Streams.Add(stream);
        onStream(this, stream);
        return stream;
    }

    public bool IsDrained { get; private set; }

    public Task DrainAsync(CancellationToken cancellationToken)
    {
        IsDrained = !_closed.Task.IsCompleted;
        return Task.CompletedTask;
    }

    public void Close() => _closed.TrySetResult();

    internal sealed class FakeStream(int port) : IVisitorStream, IDuplexPipe
    {
        private readonly Pipe _pipe = new();

        public bool IsAccepted { get; private set; }

        public bool IsAborted { get; private set; }

        public int Port => port;

        public CancellationToken Closed => CancellationToken.None;

        public PipeReader Input => _pipe.Reader;

        public PipeWriter Output => _pipe.Writer;

        public IDuplexPipe Accept()
        {
            IsAccepted = true;
            return this;
        }

        public void Abort() => IsAborted = true;
    }
}
