using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using OnionHost.Rendezvous;

namespace OnionHost.Cli.Visits;

/// <summary>Fetches one page over HTTP or HTTPS through the network. No name is ever resolved on this machine.</summary>
internal sealed class Download : IDisposable
{
    private const int ChunkBytes = 64 * 1024;
    private const int MostRedirects = 10;

    private readonly HttpClient _http;

    private Download(SocketsHttpHandler handler)
    {
        handler.AllowAutoRedirect = true;
        handler.MaxAutomaticRedirections = MostRedirects;
        handler.UseCookies = false;
        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("onionhost", "1"));
    }

    /// <summary>Through a client in this process.</summary>
    public static Download Through(TorClient client) => new(new SocketsHttpHandler
    {
        UseProxy = false,
        ConnectCallback = async (context, stop) =>
            await client.ConnectAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, cancellationToken: stop),
    });

    /// <summary>Through the SOCKS port of a client that runs.</summary>
    public static Download Through(IPEndPoint socks) => new(new SocketsHttpHandler
    {
        UseProxy = false,
        ConnectCallback = async (context, stop) => await new SocksPort(socks).ConnectAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, stop),
    });

    /// <summary>Fetches a page.</summary>
    /// <param name="url">Which.</param>
    /// <param name="output">Where it goes.</param>
    /// <param name="progress">Hears of the bytes so far, and of all if the server says how many.</param>
    /// <param name="stop">Gives up.</param>
    /// <exception cref="ToolException">The server answers with a failure.</exception>
    /// <exception cref="HttpRequestException">It cannot be reached.</exception>
    public async Task<Downloaded> RunAsync(Uri url, Func<Stream> output, Action<long, long?> progress, CancellationToken stop)
    {
        using var response = await _http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, stop);
        if (!response.IsSuccessStatusCode)
        {
            throw new ToolException(ExitCode.NotFound, $"The server answers {(int)response.StatusCode} {response.ReasonPhrase}.");
        }

        await using var body = await response.Content.ReadAsStreamAsync(stop);
        await using var target = output();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[ChunkBytes];
        var total = response.Content.Headers.ContentLength;
        long done = 0;
        while (await body.ReadAsync(buffer, stop) is var count and > 0)
        {
            hash.AppendData(buffer, 0, count);
            await target.WriteAsync(buffer.AsMemory(0, count), stop);
            progress(done += count, total);
        }

        await target.FlushAsync(stop);
        return new Downloaded((int)response.StatusCode, done, Convert.ToHexStringLower(hash.GetHashAndReset()), response.Content.Headers.ContentType?.ToString());
    }

    /// <summary>Closes its connections.</summary>
    public void Dispose() => _http.Dispose();
}
