using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using OnionHost.Network.Links;
using OnionHost.Network.Tls;
using OnionHost.Protocol.Certificates;
using OnionHost.Protocol.Cryptography;

namespace OnionHost.Network.Tests.Links;

/// <summary>A relay that listens on loopback and another node that links to it.</summary>
internal sealed class LinkPair : IAsyncDisposable
{
    private static readonly Lazy<LinkCredentials> ServerCredentials = new(() => TestCredentials.Create());
    private static readonly Lazy<LinkCredentials> ClientCredentials = new(() => TestCredentials.Create());

    private LinkPair(TimeProvider time, LinkOptions server, LinkOptions client)
    {
        Context = new NodeContext(time, SystemRandomSource.Instance, NullLoggerFactory.Instance);
        Server = new LinkTable(Context, server) { Acceptor = Acceptor };
        Client = new LinkTable(Context, client);
        Listener = LinkListener.Start(Context, Server, new IPEndPoint(IPAddress.Loopback, 0));
    }

    public static LinkCredentials Relay => ServerCredentials.Value;

    public static LinkCredentials OtherRelay => ClientCredentials.Value;

    public NodeContext Context { get; }

    public RecordingAcceptor Acceptor { get; } = new();

    public LinkTable Server { get; }

    public LinkTable Client { get; }

    public LinkListener Listener { get; }

    public LinkTarget Target => new([Listener.EndPoint], Relay.Fingerprint, Relay.Identity);

    public static LinkPair Start(
        bool isRelay = false,
        ITlsBackend? clientTls = null,
        ITlsBackend? serverTls = null,
        TimeProvider? time = null,
        Func<LinkOptions, LinkOptions>? configure = null)
    {
        var server = new LinkOptions { Tls = serverTls, Credentials = () => Relay, OwnAddresses = [IPAddress.Loopback] };
        var client = isRelay
            ? new LinkOptions { Tls = clientTls, Credentials = () => OtherRelay, OwnAddresses = [IPAddress.Loopback] }
            : new LinkOptions { Tls = clientTls };
        configure ??= o => o;
        return new LinkPair(time ?? TimeProvider.System, configure(server), configure(client));
    }

    public Task<Link> ConnectAsync() => Client.GetAsync(Target, CancellationToken.None).WaitAsync(Timeouts.Step);

    /// <summary>The one link of the relay; it may open a moment after the client's.</summary>
    public async Task<Link> ServerLinkAsync()
    {
        using var timeout = new CancellationTokenSource(Timeouts.Step);
        while (Server.Links.Count == 0)
        {
            await Task.Delay(1, timeout.Token);
        }

        return Server.Links.Single();
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await Listener.DisposeAsync();
        await Server.DisposeAsync();
    }
}
