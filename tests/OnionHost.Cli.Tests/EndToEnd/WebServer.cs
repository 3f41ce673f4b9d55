using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace OnionHost.Cli.Tests.EndToEnd;

/// <summary>Python's own web server, unmodified, with a page and a large file.</summary>
internal sealed class WebServer : IAsyncDisposable
{
    private readonly Folder _folder = new();
    private Process _python;

    private WebServer(int port)
    {
        Port = port;
        File.WriteAllText(_folder["index.html"], Page);
        var bytes = new byte[2_000_000];
        new Random(1).NextBytes(bytes);
        File.WriteAllBytes(_folder["large"], bytes);
        _python = Run();
    }

    public const string Page = "<p>An unmodified web server.</p>\n";

    public int Port { get; }

    /// <summary>Where a copy of the large file lies.</summary>
    public string LargeFile => _folder["large"];

    /// <summary>Starts it, and waits until it answers.</summary>
    public static async Task<WebServer> StartAsync()
    {
        int port;
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            port = ((IPEndPoint)probe.LocalEndpoint).Port;
        }

        var server = new WebServer(port);
        await server.AnswersAsync();
        return server;
    }

    /// <summary>Ends it and starts it again.</summary>
    public async Task RestartAsync()
    {
        await EndAsync();
        _python = Run();
        await AnswersAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _folder.Dispose();
    }

    private async Task EndAsync()
    {
        _python.Kill();
        await _python.WaitForExitAsync();
        _python.Dispose();
    }

    private async Task AnswersAsync()
    {
        using var http = new HttpClient();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            try
            {
                await http.GetStringAsync(new Uri($"http://127.0.0.1:{Port}/"), limit.Token);
                return;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(100, limit.Token);
            }
        }
    }

    private Process Run()
    {
        var start = new ProcessStartInfo("python3", ["-m", "http.server", Port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--directory", _folder.Path])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var python = Process.Start(start)!;
        python.OutputDataReceived += (_, _) => { };
        python.ErrorDataReceived += (_, _) => { };
        python.BeginOutputReadLine();
        python.BeginErrorReadLine();
        return python;
    }
}
