using System.Collections.Immutable;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging.Abstractions;
using OnionHost.Network.Directory;
using OnionHost.Network.Directory.Http.Compression;
using OnionHost.Protocol;
using OnionHost.Protocol.Cryptography;
using OnionHost.Tests.Shared;

namespace OnionHost.Network.Tests.Directory;

public sealed class DirectoryHttpTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly NodeContext Context = new(new ManualTimeProvider(), SystemRandomSource.Instance, NullLoggerFactory.Instance);

    [Fact]
    public async Task A_document_goes_there_and_back_compressed()
    {
        var body = string.Concat(Enumerable.Repeat("the same line again\n", 1000));
        var (raw, response) = await GetAsync("/tor/doc.z", request =>
        {
            Assert.Equal("/tor/doc", request.Path);
            return DirectoryResponse.Ok(body);
        });
        Assert.True(response.IsOk);
        Assert.Equal(body, Encoding.UTF8.GetString(response.Body.Span));
        Assert.Contains("Content-Encoding: deflate\r\n", raw, StringComparison.Ordinal);
        Assert.Contains("Date: Sun, 22 Nov 2026 12:00:00 GMT\r\n", raw, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("identity", "identity")]
    [InlineData("gzip, identity", "gzip")]
    [InlineData("x-tor-lzma, deflate, gzip, identity", "deflate")]
    [InlineData(null, "identity")]
    public async Task The_server_answers_in_an_encoding_that_was_asked_for(string? accepted, string used)
    {
        var body = new string('a', 5000);
        var header = accepted is null ? string.Empty : $"Accept-Encoding: {accepted}\r\n";
        var answer = await ExchangeAsync($"GET /tor/x HTTP/1.0\r\n{header}\r\n", _ => DirectoryResponse.Ok(body));
        var text = Encoding.Latin1.GetString(answer);
        Assert.Contains($"Content-Encoding: {used}\r\n", text, StringComparison.Ordinal);
        var split = text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
        using var source = new MemoryStream(answer[split..]);
        using Stream decoded = used switch
        {
            "gzip" => new GZipStream(source, CompressionMode.Decompress),
            "deflate" => new ZLibStream(source, CompressionMode.Decompress),
            _ => source,
        };
        Assert.Equal(body, await new StreamReader(decoded).ReadToEndAsync());
    }

    [Fact]
    public async Task Small_answers_and_failures_stay_plain()
    {
        var (raw, response) = await GetAsync("/tor/x", _ => null);
        Assert.Equal((404, "Not found"), (response.Status, response.Reason));
        Assert.Contains("Content-Encoding: identity", raw, StringComparison.Ordinal);
        (_, response) = await GetAsync("/tor/x", _ => DirectoryResponse.NotModified());
        Assert.Equal(304, response.Status);
        (_, response) = await GetAsync("/tor/x", _ => throw new ProtocolException("That is wrong."));
        Assert.Equal((400, "That is wrong."), (response.Status, response.Reason));
        (_, response) = await GetAsync("/tor/x", _ => throw new InvalidOperationException());
        Assert.Equal(503, response.Status);
        (_, response) = await GetAsync("/tor/x", _ => DirectoryResponse.BadRequest("two\r\nlines").With("X-Descriptor-Not-New", "Yes"));
        Assert.Equal((400, "two  lines", "Yes"), (response.Status, response.Reason, response.Headers["x-descriptor-not-new"]));
    }

    [Fact]
    public async Task What_is_posted_arrives()
    {
        var document = RandomBytes(100_000);
        var (client, server) = StreamPair.Create();
        DirectoryRequest? seen = null;
        var serving = ServeAsync(server, request =>
        {
            seen = request;
            return DirectoryResponse.Ok("fine");
        });
        var response = await DirectoryClient.PostAsync(client, "/tor/", document, null, CancellationToken.None).WaitAsync(Patience);
        await serving.WaitAsync(Patience);
        Assert.Equal("fine", Encoding.ASCII.GetString(response.Body.Span));
        Assert.True(seen!.IsPost && !seen.IsAnonymous);
        Assert.Equal(document, seen.Body.ToArray());
        Assert.Equal(IPAddress.Loopback.ToString(), response.Headers["X-Your-Address-Is"]);
    }

    [Theory]
    [InlineData(false, "GET /tor/x HTTP/1.0\r\nHost: 127.0.0.1:9001\r\nIf-Modified-Since: then\r\nAccept-Encoding: $ENCODINGS\r\nX-Else: y\r\n\r\n")]
    [InlineData(true, "GET /tor/x HTTP/1.0\r\nHost: 127.0.0.1:9001\r\nIf-Modified-Since: then\r\nX-Else: y\r\n\r\n")]
    public async Task Requests_look_like_every_other_and_say_no_encodings_where_they_are_anonymous(bool isAnonymous, string request)
    {
        using var connection = new OneWay("HTTP/1.0 404 Not found\r\n\r\n"u8.ToArray());
        var headers = new Dictionary<string, string> { ["X-Else"] = "y", ["If-Modified-Since"] = "then", ["Host"] = "127.0.0.1:9001" };
        await DirectoryClient.GetAsync(connection, "/tor/x", headers, CancellationToken.None, isAnonymous: isAnonymous).WaitAsync(Patience);
        Assert.Equal(
            request.Replace("$ENCODINGS", ContentCodings.Accepted, StringComparison.Ordinal), Encoding.ASCII.GetString(connection.Written.ToArray()));
    }

    [Theory]
    [InlineData("\r\n\r\n")]
    [InlineData("GET / FTP/1.0\r\n\r\n")]
    [InlineData("DELETE / HTTP/1.0\r\n\r\n")]
    [InlineData("GET tor HTTP/1.0\r\n\r\n")]
    [InlineData("GET / HTTP/1.0\r\nno colon\r\n\r\n")]
    [InlineData("GET / HTTP/1.0\r\nContent-Length: -1\r\n\r\n")]
    [InlineData("POST / HTTP/1.0\r\nContent-Length: 99999999\r\n\r\n")]
    [InlineData("POST / HTTP/1.0\r\nContent-Length: 10\r\n\r\nshort")]
    [InlineData("GET / HTTP/1.0\r\nHost: x")]
    [InlineData("")]
    public async Task Malformed_requests_are_refused(string request)
    {
        var answer = Encoding.ASCII.GetString(await ExchangeAsync(request, _ => throw new InvalidOperationException()));
        Assert.StartsWith("HTTP/1.0 400 ", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Endless_requests_are_refused()
    {
        var answer = await ExchangeAsync("GET / HTTP/1.0\r\nX: " + new string('a', 100_000), _ => DirectoryResponse.Ok(string.Empty));
        Assert.StartsWith("HTTP/1.0 400 ", Encoding.ASCII.GetString(answer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Anonymous_uploads_are_small()
    {
        var (client, server) = StreamPair.Create();
        var serving = new DirectoryServer(Context, []).ServeAsync(server, isAnonymous: true, null, CancellationToken.None);
        await client.WriteAsync("POST /tor/hs/3/publish HTTP/1.0\r\nContent-Length: 70000\r\n\r\n"u8.ToArray());
        await serving.WaitAsync(Patience);
        await server.DisposeAsync();
        var answer = await new StreamReader(client).ReadToEndAsync().WaitAsync(Patience);
        Assert.StartsWith("HTTP/1.0 400 ", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("X-Your-Address-Is", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("SMTP 200 OK\r\n\r\n")]
    [InlineData("HTTP/1.0 abc\r\n\r\n")]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nab")]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length: 99999999999\r\n\r\nab")]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Encoding: x-zstd\r\n\r\nab")]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Encoding: deflate\r\n\r\nab")]
    public async Task Malformed_answers_are_refused(string answer) =>
        await Assert.ThrowsAsync<ProtocolException>(() => ReceiveAsync(Encoding.ASCII.GetBytes(answer)));

    [Fact]
    public async Task Answers_without_length_end_with_the_stream()
    {
        var response = await ReceiveAsync("HTTP/1.1 200 Fine by me\r\ncontent-type: text/plain\r\n\r\nbody"u8.ToArray());
        Assert.Equal((200, "Fine by me", "body"), (response.Status, response.Reason, Encoding.ASCII.GetString(response.Body.Span)));
    }

    [Fact]
    public async Task Answers_that_unpack_too_large_are_refused()
    {
        using var packed = new MemoryStream();
        await using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            await zlib.WriteAsync(new byte[2_000_000]);
        }

        byte[] answer = [.. "HTTP/1.0 200 OK\r\nContent-Encoding: deflate\r\n\r\n"u8, .. packed.ToArray()];
        await Assert.ThrowsAsync<ProtocolException>(() => ReceiveAsync(answer, 1_000_000));
    }

    [Fact]
    public void Any_answer_gives_a_response_or_a_protocol_exception() =>
        Prop.ForAll<byte[]>(bytes =>
        {
            foreach (byte[] answer in new byte[][] { bytes, [.. "HTTP/1.0 200 OK\r\n"u8, .. bytes], [.. "HTTP/1.0 200 OK\r\nContent-Encoding: gzip\r\n\r\n"u8, .. bytes] })
            {
                try
                {
                    ReceiveAsync(answer).GetAwaiter().GetResult();
                }
                catch (ProtocolException)
                {
                }
            }
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("tor/x")]
    [InlineData("/tor x")]
    [InlineData("/tor\r\nX: y")]
    public async Task Paths_cannot_smuggle_headers(string path) =>
        await Assert.ThrowsAsync<ArgumentException>(() => DirectoryClient.GetAsync(Stream.Null, path, null, CancellationToken.None));

    [Fact]
    public async Task Headers_cannot_smuggle_headers() =>
        await Assert.ThrowsAsync<ArgumentException>(() => DirectoryClient.GetAsync(
            Stream.Null, "/", ImmutableDictionary<string, string>.Empty.Add("A", "b\r\nC: d"), CancellationToken.None));

    [Fact]
    public async Task A_client_that_says_nothing_is_let_go()
    {
        var clock = new ManualTimeProvider();
        var (_, server) = StreamPair.Create();
        var serving = new DirectoryServer(Context with { Time = clock }, []).ServeAsync(server, false, null, CancellationToken.None);
        clock.Advance(DirectoryLimits.RequestTime);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => serving.WaitAsync(Patience));
    }

    [Fact]
    public async Task A_directory_port_serves_over_tcp()
    {
        await using var port = new DirectoryPort(Context, new DirectoryServer(Context, [new Resource(_ => DirectoryResponse.Ok("here"))]), new IPEndPoint(IPAddress.Loopback, 0));
        port.Start();
        for (var i = 0; i < 3; i++)
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync(port.EndPoint);
            var response = await DirectoryClient.GetAsync(socket.GetStream(), "/", null, CancellationToken.None).WaitAsync(Patience);
            Assert.Equal("here", Encoding.ASCII.GetString(response.Body.Span));
        }

        var fault = Assert.Throws<TorException>(() => new DirectoryPort(Context, new DirectoryServer(Context, []), port.EndPoint));
        Assert.Equal(TorErrorKind.Local, fault.Kind);
    }

    private static async Task<(string Raw, DirectoryResponse Response)> GetAsync(string path, Func<DirectoryRequest, DirectoryResponse?> answer)
    {
        var raw = await ExchangeAsync($"GET {path} HTTP/1.0\r\nAccept-Encoding: deflate, gzip, identity\r\n\r\n", answer);
        return (Encoding.Latin1.GetString(raw), await ReceiveAsync(raw));
    }

    private static async Task<byte[]> ExchangeAsync(string request, Func<DirectoryRequest, DirectoryResponse?> answer)
    {
        using var connection = new OneWay(Encoding.ASCII.GetBytes(request));
        await ServeAsync(connection, answer).WaitAsync(Patience);
        return connection.Written.ToArray();
    }

    private static Task<DirectoryResponse> ReceiveAsync(byte[] answer, int maximum = 10_000_000) =>
        DirectoryClient.GetAsync(new OneWay(answer), "/tor/x", null, CancellationToken.None, maximum).WaitAsync(Patience);

    private static Task ServeAsync(Stream stream, Func<DirectoryRequest, DirectoryResponse?> answer) =>
        new DirectoryServer(Context, [new Resource(answer)]).ServeAsync(stream, isAnonymous: false, IPAddress.Loopback, CancellationToken.None);

    private static byte[] RandomBytes(int count)
    {
        var bytes = new byte[count];
        SystemRandomSource.Instance.Fill(bytes);
        return bytes;
    }

    private sealed class Resource(Func<DirectoryRequest, DirectoryResponse?> answer) : IDirectoryResource
    {
        public ValueTask<DirectoryResponse?> TryHandleAsync(DirectoryRequest request, CancellationToken ct) => ValueTask.FromResult(answer(request));
    }

    /// <summary>A connection whose other end has said all it has to say.</summary>
    private sealed class OneWay(byte[] incoming) : MemoryStream(incoming, writable: false)
    {
        public MemoryStream Written { get; } = new();

        public override bool CanWrite => true;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => Written.WriteAsync(buffer, cancellationToken);
    }
}
