using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using OnionHost.Network.Tls;

namespace OnionHost.Network.Tests.Tls;

/// <summary>Both TLS backends against each other, in both roles and both versions, over loopback.</summary>
public sealed class TlsBackendTests(TlsBackendTests.Leaf leaf) : IClassFixture<TlsBackendTests.Leaf>, IDisposable
{
    private readonly CancellationTokenSource _timeout = new(TimeSpan.FromSeconds(30));
    private X509Certificate2 _certificate = leaf.Certificate;

    public static TheoryData<string, string> Pairs => new()
    {
        { "ssl13", "ssl13" }, { "ssl13", "lib13" }, { "lib13", "ssl13" }, { "lib13", "lib13" },
        { "ssl12", "lib13" }, { "lib12", "ssl13" }, { "lib12", "lib12" }, { "lib13", "lib12" },
    };

    [SkippableTheory]
    [MemberData(nameof(Pairs))]
    public async Task Bytes_arrive_whole_both_ways(string client, string server)
    {
        await using var pair = await ConnectAsync(Backend(client), Backend(server));
        var bytes = RandomNumberGenerator.GetBytes(3_000_000);

        var there = PumpAsync(pair.Client, pair.Server, bytes);
        var back = PumpAsync(pair.Server, pair.Client, bytes);

        Assert.Equal(bytes, await there);
        Assert.Equal(bytes, await back);
        Assert.Equal(_certificate.RawData, pair.Client.PeerLeaf.ToArray());
        Assert.Equal(_certificate.RawData, pair.Server.LocalLeaf.ToArray());
        Assert.True(pair.Server.PeerLeaf.IsEmpty);
    }

    [SkippableTheory]
    [MemberData(nameof(Pairs))]
    public async Task A_certificate_may_hold_an_elliptic_curve_key(string client, string server)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=www.example.net", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        _certificate = certificate;
        await using var pair = await ConnectAsync(Backend(client), Backend(server));
        var bytes = RandomNumberGenerator.GetBytes(10_000);
        Assert.Equal(bytes, await PumpAsync(pair.Client, pair.Server, bytes));
        Assert.Equal(_certificate.RawData, pair.Client.PeerLeaf.ToArray());
    }

    [SkippableTheory]
    [InlineData("lib13")]
    [InlineData("lib12")]
    public async Task Both_ends_export_the_same_keying_material(string backend)
    {
        await using var pair = await ConnectAsync(Backend(backend), Backend("lib13"));
        var (here, there, other) = (new byte[32], new byte[32], new byte[32]);

        Assert.True(pair.Client.TryExport("EXPORTER FOR TOR TLS CLIENT BINDING AUTH0003", new byte[32], here));
        Assert.True(pair.Server.TryExport("EXPORTER FOR TOR TLS CLIENT BINDING AUTH0003", new byte[32], there));
        Assert.True(pair.Server.TryExport("EXPORTER FOR TOR TLS CLIENT BINDING AUTH0003", [], other));

        Assert.Equal(here, there);
        Assert.NotEqual(here, other);
    }

    [SkippableTheory]
    [MemberData(nameof(Pairs))]
    public async Task A_closed_connection_ends_the_peer_s_read(string client, string server)
    {
        await using var pair = await ConnectAsync(Backend(client), Backend(server));
        var waiting = pair.Server.WaitToReadAsync(_timeout.Token).AsTask();
        Assert.False(waiting.IsCompleted);

        await pair.Client.DisposeAsync();

        await Record.ExceptionAsync(() => waiting);
        var count = 0;
        await Record.ExceptionAsync(async () => count = await pair.Server.ReadAsync(new byte[10], _timeout.Token));
        Assert.Equal(0, count);
    }

    [SkippableTheory]
    [InlineData("ssl13")]
    [InlineData("lib13")]
    public async Task Disposing_ends_our_own_read(string backend)
    {
        await using var pair = await ConnectAsync(Backend(backend), Backend(backend));
        var reading = pair.Client.ReadAsync(new byte[10], _timeout.Token).AsTask();

        await pair.Client.DisposeAsync();

        Assert.NotNull(await Record.ExceptionAsync(() => reading));
    }

    [SkippableTheory]
    [InlineData("ssl13")]
    [InlineData("lib13")]
    public async Task Garbage_fails_the_handshake(string backend)
    {
        var (client, server) = await SocketsAsync();
        using (client)
        {
            var accepting = Backend(backend).AcceptAsync(server, _certificate, _timeout.Token);
            await client.SendAsync("GET / HTTP/1.0\r\n\r\n"u8.ToArray(), SocketFlags.None);
            await Assert.ThrowsAnyAsync<Exception>(() => accepting);
        }
    }

    public void Dispose() => _timeout.Dispose();

    private static ITlsBackend Backend(string name)
    {
        Skip.If(name.StartsWith("lib", StringComparison.Ordinal) && !LibSsl.IsAvailable, "OpenSSL 3 (libssl.so.3) is not on this machine.");
        return name switch
        {
            "ssl13" => new SslStreamTlsBackend(),
            "ssl12" => new SslStreamTlsBackend(SslProtocols.Tls12),
            "lib12" => new LibSslTlsBackend(LibSsl.Tls12),
            _ => new LibSslTlsBackend(),
        };
    }

    private static async Task<(Socket Client, Socket Server)> SocketsAsync()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(listener.LocalEndPoint!);
        return (client, await listener.AcceptAsync());
    }

    private async Task<Pair> ConnectAsync(ITlsBackend client, ITlsBackend server)
    {
        var (here, there) = await SocketsAsync();
        var accepting = server.AcceptAsync(there, _certificate, _timeout.Token);
        return new Pair(await client.ConnectAsync(here, "www.example.com", _timeout.Token), await accepting);
    }

    private async Task<byte[]> PumpAsync(TlsConnection from, TlsConnection to, byte[] bytes)
    {
        var writing = Task.Run(async () =>
        {
            for (var sent = 0; sent < bytes.Length; sent += 16384)
            {
                await from.WriteAsync(bytes.AsMemory(sent, Math.Min(16384, bytes.Length - sent)), _timeout.Token);
            }
        });
        var received = new byte[bytes.Length];
        for (var count = 0; count < received.Length;)
        {
            await to.WaitToReadAsync(_timeout.Token);
            count += await to.ReadAsync(received.AsMemory(count), _timeout.Token);
        }

        await writing;
        return received;
    }

    private sealed record Pair(TlsConnection Client, TlsConnection Server) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Client.DisposeAsync();
            await Server.DisposeAsync();
        }
    }

    /// <summary>One RSA certificate for all tests: finding primes takes longer than any handshake.</summary>
    public sealed class Leaf : IDisposable
    {
        public X509Certificate2 Certificate { get; } = Create();

        public void Dispose() => Certificate.Dispose();

        private static X509Certificate2 Create()
        {
            using var key = RSA.Create(2048);
            var request = new CertificateRequest("CN=www.example.net", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        }
    }
}
