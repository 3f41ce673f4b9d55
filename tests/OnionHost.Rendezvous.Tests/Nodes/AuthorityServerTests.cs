using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using OnionHost.Network;
using OnionHost.Network.Directory;
using OnionHost.Network.Relays;
using OnionHost.Protocol.Certificates;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Identities;
using OnionHost.Rendezvous.Nodes;

namespace OnionHost.Rendezvous.Tests.Nodes;

public sealed class AuthorityServerTests
{
    private const int ShortKeyBits = 2048;

    [Theory]
    [InlineData("/tor/")]
    [InlineData("/tor/post/vote")]
    [InlineData("/tor/post/consensus-signature")]
    public async Task An_authority_that_has_not_joined_asks_everybody_to_come_again(string path)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var context = new NodeContext(TimeProvider.System, SystemRandomSource.Instance, NullLoggerFactory.Instance);
        var relay = new RelayOptions(Nickname.Parse("early"), new IPEndPoint(IPAddress.Loopback, 0)) { AllowPrivateAddresses = true };
        var options = new RelayServerOptions { Relay = relay, LinkLeaf = LinkLeafKind.EllipticCurve, DirListen = new IPEndPoint(IPAddress.Loopback, 0) };
        await using var authority = new AuthorityServer(context, options, ShortKeyBits);
        await authority.ListenAsync(limit.Token);

        using var client = new TcpClient();
        await client.ConnectAsync(authority.Server.DirEndPoint!, limit.Token);
        var response = await DirectoryClient.PostAsync(client.GetStream(), path, "router"u8.ToArray(), new Dictionary<string, string>(), limit.Token);

        // A refusal would be final for whoever uploads: 400 to 499 are.
        Assert.Equal(503, response.Status);
    }
}
