using System.Collections.Concurrent;
using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using OnionHost.Protocol.Identities;
using OnionHost.Transport.Binding;

namespace OnionHost.Transport.Tests.Fakes;

/// <summary>Onion services without a network: what is bound here can be visited from here.</summary>
internal sealed class FakeOnion : IOnionBinder
{
    private readonly ConcurrentDictionary<(string Service, int Port), FakeAcceptor> _bound = new();
    private int _circuits;

    public List<OnionEndPoint> Binds { get; } = [];

    public Exception? BindFault { get; set; }

    /// <summary>The address that a service has here: it follows from the name.</summary>
    public static OnionAddress AddressOf(string service)
    {
        Span<byte> key = stackalloc byte[32];
        System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(service), key);
        return new OnionAddress(new Ed25519Identity(key));
    }

    public ValueTask<IOnionAcceptor> BindAsync(OnionEndPoint endPoint, CancellationToken cancellationToken)
    {
        lock (Binds)
        {
            Binds.Add(endPoint);
        }

        if (BindFault is not null)
        {
            throw BindFault;
        }

        var acceptor = new FakeAcceptor(AddressOf(endPoint.Service));
        return _bound.TryAdd((endPoint.Service, endPoint.Port), acceptor)
            ? new ValueTask<IOnionAcceptor>(acceptor)
            : throw new AddressInUseException($"{endPoint} is taken.");
    }

    public FakeAcceptor Acceptor(string service = "blog", int port = 80) => _bound[(service, port)];

    /// <summary>Lets a visitor come by on a circuit of its own.</summary>
    public FakeOnionStream Visit(
        string service = "blog", int port = 80, uint? circuit = null, string? cookie = null, bool hasCookie = false, bool abortThrows = false)
    {
        var stream = new FakeOnionStream
        {
            Service = AddressOf(service),
            Port = port,
            CircuitId = circuit ?? (uint)Interlocked.Increment(ref _circuits),
            CookieName = cookie,
            HasCookie = hasCookie || cookie is not null,
            AbortThrows = abortThrows,
        };
        return Acceptor(service, port).Arrivals.Writer.TryWrite(stream) ? stream : throw new IOException("The service is unbound.");
    }

    /// <summary>An HTTP client whose every connection is a visit.</summary>
    public HttpClient CreateClient(
        string service = "blog", int port = 80, Func<FakeOnionStream>? visit = null, string? label = null, bool https = false)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectCallback = (_, _) => new ValueTask<Stream>(new FakeVisitorStream((visit ?? (() => Visit(service, port)))())),
            SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true },
        };
        var host = label is null ? AddressOf(service).ToString() : $"{label}.{AddressOf(service)}";
        return new HttpClient(handler)
        {
            BaseAddress = new Uri($"{(https ? "https" : "http")}://{host}:{port}/"),
            Timeout = TimeSpan.FromSeconds(60),
            DefaultRequestVersion = HttpVersion.Version11,
        };
    }

    /// <summary>Where the visits to one port arrive.</summary>
    internal sealed class FakeAcceptor(OnionAddress address) : IOnionAcceptor
    {
        public Channel<IOnionStream> Arrivals { get; } = Channel.CreateUnbounded<IOnionStream>();

        public ConcurrentQueue<Exception> Faults { get; } = new();

        public OnionAddress Address => address;

        public bool IsUnbound { get; private set; }

        public bool IsDisposed { get; private set; }

        public async ValueTask<IOnionStream?> AcceptAsync(CancellationToken cancellationToken)
        {
            if (!await Arrivals.Reader.WaitToReadAsync(cancellationToken))
            {
                return null;
            }

            if (Faults.TryDequeue(out var fault))
            {
                throw fault;
            }

            return Arrivals.Reader.TryRead(out var stream) ? stream : null;
        }

        public void Unbind()
        {
            IsUnbound = true;
            Arrivals.Writer.TryComplete();
        }

        public ValueTask DisposeAsync()
        {
            IsDisposed = true;
            return ValueTask.CompletedTask;
        }
    }
}
