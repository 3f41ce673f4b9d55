using OnionHost.Cli.Services;
using OnionHost.Cli.Settings;

namespace OnionHost.Cli.Tests.Settings;

public sealed class ParserTests
{
    [Theory]
    [InlineData("90", 90d)]
    [InlineData("90s", 90d)]
    [InlineData("1.5m", 90d)]
    [InlineData("2h", 7200d)]
    [InlineData("30d", 2_592_000d)]
    [InlineData("500ms", 0.5d)]
    [InlineData("", null)]
    [InlineData("s", null)]
    [InlineData("-1s", null)]
    [InlineData("1sm", null)]
    [InlineData("1e9d", null)]
    public void Durations(string text, double? seconds)
    {
        Assert.Equal(seconds is not null, Parsers.Duration(text, out var time));
        Assert.Equal(seconds ?? 0, time.TotalSeconds);
    }

    [Theory]
    [InlineData("100", 100L)]
    [InlineData("1KB", 1024L)]
    [InlineData("5 MB", 5L << 20)]
    [InlineData("1g", 1L << 30)]
    [InlineData("MB", null)]
    [InlineData("-1", null)]
    [InlineData("9999999999GB", null)]
    public void Sizes(string text, long? bytes)
    {
        Assert.Equal(bytes is not null, Parsers.Size(text, out var size));
        Assert.Equal(bytes ?? 0, size);
    }

    [Theory]
    [InlineData("9050", "127.0.0.1:9050")]
    [InlineData("127.0.0.1:0", "127.0.0.1:0")]
    [InlineData("localhost:80", "127.0.0.1:80")]
    [InlineData("[::1]:9050", "[::1]:9050")]
    [InlineData("example.com:80", null)]
    [InlineData("127.0.0.1", null)]
    [InlineData(":1", null)]
    [InlineData("127.0.0.1:65536", null)]
    public void LocalEndPoints(string text, string? endPoint)
    {
        Assert.Equal(endPoint is not null, Parsers.LocalEndPoint(text, out var parsed));
        Assert.Equal(endPoint ?? parsed.ToString(), parsed.ToString());
    }

    [Theory]
    [InlineData("80", 80, null)]
    [InlineData("443=127.0.0.1:8443", 443, "127.0.0.1:8443")]
    [InlineData("443=8443", 443, "127.0.0.1:8443")]
    [InlineData("443=server.lan:8443", 443, "server.lan:8443")]
    [InlineData("80=unix:/run/web", 80, "unix:/run/web")]
    public void VirtualPorts(string text, int port, string? target)
    {
        Assert.True(VirtualPort.TryParse(text, out var parsed));
        Assert.Equal((port, target), (parsed.Port, parsed.Target?.ToString()));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("80=")]
    [InlineData("80=host")]
    [InlineData("80=host:0")]
    [InlineData("x=127.0.0.1:80")]
    public void WrongVirtualPorts(string text) => Assert.False(VirtualPort.TryParse(text, out _));
}
