using System.Net;
using System.Security.Cryptography;

namespace OnionHost.InteropTests;

/// <summary>One client that fetches from one place again and again, and compares what comes with what should come.</summary>
internal sealed class LoadFlow
{
    private const int Size = 400_000;

    private readonly Uri _url;
    private readonly IPEndPoint _socks;
    private readonly string _digest;
    private readonly TimeProvider _time = TimeProvider.System;

    /// <param name="name">For messages.</param>
    /// <param name="socks">The client.</param>
    /// <param name="host">Where to, as the client has to say it.</param>
    /// <param name="digest">What SHA-256 of the body has to be.</param>
    public LoadFlow(string name, IPEndPoint socks, string host, string digest)
    {
        Name = name;
        _socks = socks;
        _digest = digest;
        _url = new Uri($"http://{host}/bytes/{Size}");
    }

    public string Name { get; }

    /// <summary>Fetches that went well.</summary>
    public int Done { get; private set; }

    /// <summary>When the last of them ended.</summary>
    public DateTimeOffset LastDone { get; private set; }

    /// <summary>Fetches that did not: from when to when, and why.</summary>
    public List<LoadFault> Failed { get; } = [];

    /// <summary>Where the kit's server tells the digest.</summary>
    public static string DigestPath => $"/sha256/{Size}";

    /// <summary>Fetches until it is stopped; the last fetch is finished.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await TryAsync();
        }
    }

    /// <summary>Fetches once, on a connection of its own. Who was refused a connection has lost nothing, and asks once more.</summary>
    /// <param name="refusal">Why the first connection was refused; null on the first.</param>
    private async Task TryAsync(string? refusal = null)
    {
        var from = _time.GetUtcNow();
        try
        {
            using var http = new HttpClient(new SocketsHttpHandler { Proxy = new WebProxy($"socks5://{_socks}"), UseProxy = true }) { Timeout = TimeSpan.FromSeconds(45) };
            Assert.Equal(_digest, Convert.ToHexStringLower(SHA256.HashData(await http.GetByteArrayAsync(_url))));
            Done++;
            LastDone = _time.GetUtcNow();
        }
        catch (HttpRequestException e) when (refusal is null && e.HttpRequestError == HttpRequestError.ProxyTunnelError)
        {
            await TryAsync($"{from:HH:mm:ss.fff}: {e.Message}");
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
        {
            Failed.Add(new LoadFault(from, _time.GetUtcNow(), $"{refusal} {e.Message} {e.InnerException?.Message}"));
        }
    }
}
