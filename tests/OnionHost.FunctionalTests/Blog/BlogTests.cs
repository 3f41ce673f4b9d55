using System.Net;
using System.Net.Sockets;

namespace OnionHost.FunctionalTests.Blog;

/// <summary>The sample as a stranger meets it: one process, read with curl and with a browser.</summary>
public sealed class BlogTests : IDisposable
{
    private const string BrowserDemand = "ONIONHOST_REQUIRE_BROWSER";

    private readonly string _data = Directory.CreateTempSubdirectory("onionhost-blog-").FullName;
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromMinutes(6));

    [SkippableFact]
    public async Task Curl_and_a_browser_read_the_blog_and_a_restart_keeps_it()
    {
        var curl = Command.Require("curl", BrowserDemand);
        string address;
        await using (var blog = await BlogProcess.StartAsync(_data, _limit.Token))
        {
            address = blog.Address;
            var (_, front) = await FetchAsync(curl, blog, address, "/");
            Assert.Contains("</html>", front, StringComparison.Ordinal);
            Assert.DoesNotContain("<script", front, StringComparison.OrdinalIgnoreCase);

            var (_, outside) = await FetchAsync(curl, blog, address, "/members", "-o", "/dev/null", "-w", "%{http_code}");
            var (_, inside) = await FetchAsync(curl, blog, blog.CookieAddress, "/members", "-o", "/dev/null", "-w", "%{http_code}");
            Assert.NotEqual("200", outside);
            Assert.Equal("200", inside);

            var (_, headers) = await FetchAsync(curl, blog, address, "/", "-I");
            Assert.DoesNotContain("Server:", headers, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("Kestrel", headers, StringComparison.OrdinalIgnoreCase);

            Assert.Equal(0, await blog.TerminateAsync(_limit.Token));
        }

        await using var again = await BlogProcess.StartAsync(_data, _limit.Token);
        Assert.Equal(address, again.Address);
        await ScreenshotAsync(again);
    }

    [Fact]
    public async Task A_port_in_use_is_told_in_one_line()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port.ToString(System.Globalization.CultureInfo.InvariantCulture);

        var (code, output) = await BlogProcess.RunAsync(_limit.Token, "--socks", port, "--data", _data);

        Assert.NotEqual(0, code);
        Assert.Contains(port, output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_option_that_does_not_exist_is_told()
    {
        var (code, output) = await BlogProcess.RunAsync(_limit.Token, "--sokcs", "0");

        Assert.NotEqual(0, code);
        Assert.Contains("--sokcs", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _limit.Dispose();
        Directory.Delete(_data, recursive: true);
    }

    private Task<(int ExitCode, string Output)> FetchAsync(string curl, BlogProcess blog, string host, string path, params string[] more) =>
        Command.RunAsync(
            _limit.Token, curl, [.. more, "-sS", "--max-time", "60", "--socks5-hostname", $"127.0.0.1:{blog.SocksPort}", $"http://{host.Replace("http://", string.Empty, StringComparison.Ordinal).TrimEnd('/')}{path}"]);

    private async Task ScreenshotAsync(BlogProcess blog)
    {
        var chromium = Command.Require("chromium", BrowserDemand);
        var picture = Path.Combine(_data, "front.png");
        await Command.RunAsync(
            _limit.Token,
            chromium,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            $"--user-data-dir={Path.Combine(_data, "browser")}",
            $"--proxy-server=socks5://127.0.0.1:{blog.SocksPort}",
            "--window-size=1000,1400",
            $"--screenshot={picture}",
            $"http://{blog.Address}/");
        Assert.True(new FileInfo(picture) is { Exists: true, Length: > 20_000 }, "Chromium made no picture of the blog.");
    }
}
