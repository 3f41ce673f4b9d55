using System.Net;
using OnionHost.Network.Relays;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Messages;
using OnionHost.Network.Streams;

namespace OnionHost.Network.Tests.Relays;

/// <summary>Each kind of relay: what it connects to, what its descriptor says, and what clients learn from its microdescriptor.</summary>
public sealed class ExitKindTests
{
    private const int Method = 33;

    private static readonly IPAddress[] Public = [IPAddress.Parse("192.0.2.1"), IPAddress.Parse("2001:db8::1")];
    private static readonly IPAddress[] Neighbours = [IPAddress.Parse("10.1.2.3"), IPAddress.Parse("192.168.7.7"), IPAddress.Parse("fd00::1")];
    private static readonly IPAddress[] Own = [IPAddress.Loopback, IPAddress.IPv6Loopback, IPAddress.Parse("169.254.1.1"), IPAddress.Parse("::ffff:127.0.0.1")];

    public static TheoryData<string, string, string> Kinds() => new()
    {
        { nameof(ExitKind.Middleman), string.Empty, "reject 1-65535" },
        { nameof(ExitKind.Restricted), "80 443 22 587 6667 12345", "reject 25,119,135-139,445,563,1214,4661-4666,6346-6429,6699,6881-6999" },
        { nameof(ExitKind.Reduced), "80 443 22 587 6667", "accept 20-23,43,53,79-81,88,110,143,194,220,389,443,464-465,531,543-544,554,563,587" },
        { nameof(ExitKind.Open), "80 443 22 25 587 445 6881 6667 12345", "accept 1-65535" },
        { nameof(ExitKind.Private), string.Empty, "reject 1-65535" },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_kind_connects_where_it_says(string kind, string openPorts, string summary)
    {
        var policy = ExitPolicy.Of(Enum.Parse<ExitKind>(kind));
        var open = openPorts.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse).ToHashSet();
        var addresses = new ExitAddresses(new ExitOptions(policy));
        foreach (var port in new[] { 22, 25, 80, 443, 445, 587, 6667, 6881, 12345 })
        {
            Assert.Equal(open.Contains(port) ? Public : [], addresses.Allowed(Public, port));
            Assert.Equal(kind == nameof(ExitKind.Private) ? Neighbours : [], addresses.Allowed(Neighbours, port));
            Assert.Empty(addresses.Allowed(Own, port));
        }

        await using var network = await RelayNetwork.StartAsync(1, o => o with { Policy = policy, AllowPrivateAddresses = false });
        var descriptor = network.Relays[0].Describe().Descriptor;
        Assert.All(Own.Concat(Neighbours[..2]).Where(a => a.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork), address =>
            Assert.Equal(kind == nameof(ExitKind.Private) && Neighbours.Contains(address), descriptor.Policy.Allows(address, 80)));
        Assert.Equal(open.Contains(80), descriptor.Policy.Allows(Public[0], 80));
        var microdescriptor = Microdescriptor.FromServerDescriptor(descriptor, Method);
        Assert.StartsWith(summary, microdescriptor.Policy.ToString(), StringComparison.Ordinal);
        Assert.Equal(kind is nameof(ExitKind.Open) or nameof(ExitKind.Restricted) or nameof(ExitKind.Reduced), !microdescriptor.Policy.IsRejectAll);
    }

    [Fact]
    public async Task A_stream_into_the_relays_own_machine_is_refused_by_default_and_opened_by_name()
    {
        await using var echo = LoopbackHost.Echo();
        var begin = new BeginMessage("127.0.0.1", echo.Port, 0);
        await using var network = await RelayNetwork.StartAsync(1, o => o with { Policy = ExitPolicy.Of(ExitKind.Open), AllowPrivateAddresses = false });
        using var limit = new CancellationTokenSource(RelayNetwork.Soon);
        var fault = await Assert.ThrowsAsync<StreamException>(async () => await (await network.BuildAsync(0)).LastHop.OpenAsync(begin, limit.Token));
        Assert.Equal(EndReason.ExitPolicy, fault.Reason);

        var policy = ExitPolicy.Parse($"accept 127.0.0.1:{echo.Port},reject *:*");
        await using var named = await RelayNetwork.StartAsync(1, o => o with { Policy = policy, AllowPrivateAddresses = false });
        await using var stream = await (await named.BuildAsync(0)).LastHop.OpenAsync(begin, limit.Token);
        Assert.Equal(IPAddress.Loopback, (await stream.Connected).Address);
    }
}
