using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.Extensions.Logging;
using OnionHost.Network.Directory.Http;
using OnionHost.Network.Directory.Http.Compression;
using OnionHost.Protocol;

namespace OnionHost.Network.Directory;

/// <summary>The server's side of HTTP/1.0, over any stream: reads one bounded request, asks its resources, answers (dir-spec 5).</summary>
internal sealed class DirectoryServer
{
    private readonly NodeContext _context;
    private readonly IReadOnlyList<IDirectoryResource> _resources;
    private readonly ILogger _logger;

    public DirectoryServer(NodeContext context, IReadOnlyList<IDirectoryResource> resources)
    {
        _context = context;
        _resources = resources;
        _logger = context.Loggers.CreateLogger<DirectoryServer>();
    }

    /// <summary>Serves the one request of a connection. The caller disposes the stream. Nothing but cancellation and broken connections is thrown.</summary>
    /// <param name="stream">The connection.</param>
    /// <param name="isAnonymous">True if it came over a circuit of more than one hop.</param>
    /// <param name="remote">Who asks, if that is known.</param>
    /// <param name="ct">Gives up.</param>
    public async Task ServeAsync(Stream stream, bool isAnonymous, IPAddress? remote, CancellationToken ct)
    {
        DirectoryResponse response;
        var accepted = default(string);
        var isDeflateAcceptable = false;
        using (var reader = new HttpReader(stream))
        {
            using var limit = Limit(DirectoryLimits.RequestTime, ct);
            try
            {
                var head = await reader.ReadHeadAsync(limit.Token);
                var (method, path) = ParseRequest(head.FirstLine);
                isDeflateAcceptable = path.EndsWith(".z", StringComparison.Ordinal);
                accepted = head.Headers.GetValueOrDefault("Accept-Encoding");
                var length = head.ContentLength(isAnonymous ? DirectoryLimits.AnonymousUpload : DirectoryLimits.Upload) ?? 0;
                var body = await reader.ReadBodyAsync(length, limit.Token);
                var request = new DirectoryRequest(method, isDeflateAcceptable ? path[..^2] : path, head.Headers, body, isAnonymous, remote);
                response = await AnswerAsync(request, ct);
            }
            catch (ProtocolException fault)
            {
                response = DirectoryResponse.BadRequest(fault.Message);
            }
        }

        using var answerLimit = Limit(DirectoryLimits.AnswerTime, ct);
        var coding = response.Body.Length < DirectoryLimits.WorthCompressing
            ? null
            : ContentCodings.Choose(accepted, isDeflateAcceptable, isAnonymous, response.Kept is not null);
        await WriteAsync(stream, response, coding, isAnonymous ? null : remote, answerLimit.Token);
    }

    private async Task<DirectoryResponse> AnswerAsync(DirectoryRequest request, CancellationToken ct)
    {
        try
        {
            // By index: the owner may add a resource while requests are served.
            for (var i = 0; i < _resources.Count; i++)
            {
                if (await _resources[i].TryHandleAsync(request, ct) is { } response)
                {
                    return response;
                }
            }

            return DirectoryResponse.NotFound();
        }
        catch (ProtocolException fault)
        {
            return DirectoryResponse.BadRequest(fault.Message);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            DirectoryLog.ResourceFault(_logger, fault);
            return DirectoryResponse.Unavailable();
        }
    }

    private static (string Method, string Path) ParseRequest(string line)
    {
        var words = line.Split(' ');
        return words.Length == 3 && words[0] is "GET" or "POST" && words[1].StartsWith('/') && words[2].StartsWith("HTTP/1.", StringComparison.Ordinal)
            ? (words[0], words[1])
            : throw new ProtocolException("Only GET and POST of HTTP/1.0 are understood.");
    }

    private async Task WriteAsync(Stream stream, DirectoryResponse response, ContentCoding? coding, IPAddress? remote, CancellationToken ct)
    {
        var body = response.Body;
        if (coding is not null)
        {
            body = response.Kept?.In(coding) ?? coding.Compress(body.Span);
        }

        var head = new StringBuilder()
            .Append(CultureInfo.InvariantCulture, $"HTTP/1.0 {response.Status} {response.Reason}\r\nDate: {_context.Now:R}\r\n")
            .Append(CultureInfo.InvariantCulture, $"Content-Type: text/plain\r\nContent-Encoding: {coding?.Name ?? "identity"}\r\nContent-Length: {body.Length}\r\n");
        if (remote is not null)
        {
            head.Append(CultureInfo.InvariantCulture, $"X-Your-Address-Is: {remote}\r\n");
        }

        foreach (var (name, value) in response.Headers)
        {
            head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        }

        await stream.WriteAsync(Encoding.ASCII.GetBytes(head.Append("\r\n").ToString()), ct);
        await stream.WriteAsync(body, ct);
        await stream.FlushAsync(ct);
    }

    private TimeLimit Limit(TimeSpan time, CancellationToken ct) => new(time, _context.Time, ct);

    /// <summary>A token that is cancelled by the caller's or after a time.</summary>
    private sealed class TimeLimit : IDisposable
    {
        private readonly CancellationTokenSource _timer;
        private readonly CancellationTokenSource _linked;

        public TimeLimit(TimeSpan time, TimeProvider clock, CancellationToken ct)
        {
            _timer = new CancellationTokenSource(time, clock);
            _linked = CancellationTokenSource.CreateLinkedTokenSource(_timer.Token, ct);
        }

        public CancellationToken Token => _linked.Token;

        public void Dispose()
        {
            _linked.Dispose();
            _timer.Dispose();
        }
    }
}
