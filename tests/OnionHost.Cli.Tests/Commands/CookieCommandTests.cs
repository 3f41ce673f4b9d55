using Microsoft.Extensions.Logging.Abstractions;
using OnionHost.Network;
using OnionHost.Protocol.Cryptography;
using OnionHost.Rendezvous.Keys;
using OnionHost.Rendezvous.Services;

namespace OnionHost.Cli.Tests.Commands;

/// <summary>Cookies of a stopped service; the end-to-end test has a running one.</summary>
public sealed class CookieCommandTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Cookies_are_issued_listed_and_revoked()
    {
        var address = MakeService();
        var issued = (await ToolRun.Of($"cookie issue alice --expires 30d --json --data {_folder.Path}")).Events[0];
        var host = issued.GetProperty("address").GetString()!;
        Assert.EndsWith("." + address, host, StringComparison.Ordinal);
        Assert.Equal(52, host.IndexOf('.', StringComparison.Ordinal));
        Assert.Equal($"{address.Replace(".onion", string.Empty, StringComparison.Ordinal)}:descriptor:x25519:{host[..52].ToUpperInvariant()}", issued.GetProperty("authPrivate").GetString());

        var listed = Assert.Single((await ToolRun.Of($"cookie list --json --data {_folder.Path}")).Events);
        Assert.Equal("alice", listed.GetProperty("name").GetString());
        Assert.True(listed.TryGetProperty("expires", out _));
        Assert.Equal(ExitCode.Failed, (await ToolRun.Of($"cookie issue alice --data {_folder.Path}")).Code);

        Assert.Equal(0, (await ToolRun.Of($"cookie revoke alice --data {_folder.Path}")).Code);
        Assert.Equal(ExitCode.NotFound, (await ToolRun.Of($"cookie revoke alice --data {_folder.Path}")).Code);
        Assert.Empty((await ToolRun.Of($"cookie list --data {_folder.Path}")).Out);
    }

    [Fact]
    public async Task A_service_has_to_be_there()
    {
        var run = await ToolRun.Of($"cookie list --data {_folder["none"]}");
        Assert.Equal(ExitCode.NotFound, run.Code);
        Assert.False(Directory.Exists(_folder["none"]));
    }

    private string MakeService()
    {
        var context = new NodeContext(TimeProvider.System, SystemRandomSource.Instance, NullLoggerFactory.Instance);
        using var keys = ServiceKeys.Open(new OnionServiceOptions { KeyDirectory = _folder["service"] }, context);
        return keys.Address.ToString();
    }
}
