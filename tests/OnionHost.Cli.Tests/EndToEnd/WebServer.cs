using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace OnionHost.Cli.Tests.EndToEnd;

/// <summary>Somebody's web server, unmodified, with a page and a large file.</summary>
internal sealed class WebServer : IAsyncDisposable
{
    private readonly Folder _folder = new();
    private readonly Func<WebServer, ProcessStartInfo> _command;
    private Process _process;

    private WebServer(int port, string page, Func<WebServer, ProcessStartInfo> command)
    {
        Port = port;
        Page = page;
        _command = command;
        Directory.CreateDirectory(Root);
        File.WriteAllText(Path.Combine(Root, "index.html"), Page);
        var bytes = new byte[2_000_000];
        new Random(1).NextBytes(bytes);
        File.WriteAllBytes(LargeFile, bytes);
        _process = Run();
    }

    /// <summary>What its page says.</summary>
    public string Page { get; }

    public int Port { get; }

    /// <summary>Where a copy of the large file lies.</summary>
    public string LargeFile => Path.Combine(Root, "large");

    private string Root => _folder["www"];

    /// <summary>Starts Python's own web server, and waits until it answers.</summary>
    public static Task<WebServer> PythonAsync() => StartAsync("<p>Python's own web server.</p>\n", server => new ProcessStartInfo(
        "python3", ["-m", "http.server", server.Port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--directory", server.Root]));

    /// <summary>Starts nginx as a process of this user, apart from the one that the system may run, and waits until it answers.</summary>
    public static Task<WebServer> NginxAsync() => StartAsync("<p>The web server nginx.</p>\n", server => new ProcessStartInfo(
        Programs.Find("nginx")!, ["-p", server._folder.Path, "-c", server._folder.Write("nginx.conf", server.NginxConfiguration()), "-e", "stderr"]));

    /// <summary>Ends it and starts it again.</summary>
    public async Task RestartAsync()
    {
        await EndAsync();
        _process = Run();
        await AnswersAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _folder.Dispose();
    }

    private static async Task<WebServer> StartAsync(string page, Func<WebServer, ProcessStartInfo> command)
    {
        int port;
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            port = ((IPEndPoint)probe.LocalEndpoint).Port;
        }

        var server = new WebServer(port, page, command);
        await server.AnswersAsync();
        return server;
    }

    private string NginxConfiguration() =>
        $$"""
        daemon off;
        master_process off;
        pid {{_folder["nginx.pid"]}};
        events { }
        http {
            access_log off;
            default_type text/html;
            client_body_temp_path {{_folder["body"]}};
            proxy_temp_path {{_folder["proxy"]}};
            fastcgi_temp_path {{_folder["fastcgi"]}};
            uwsgi_temp_path {{_folder["uwsgi"]}};
            scgi_temp_path {{_folder["scgi"]}};
            server {
                listen 127.0.0.1:{{Port}};
                root {{Root}};
            }
        }

        """;

    private async Task EndAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
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
        var start = _command(this);
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }
}
