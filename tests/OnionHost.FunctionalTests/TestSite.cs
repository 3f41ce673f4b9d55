using System.Net.WebSockets;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace OnionHost.FunctionalTests;

/// <summary>The web site that the tests host: bytes to download and compare, uploads, a WebSocket echo.</summary>
internal static class TestSite
{
    /// <summary>Bytes that repeat with a period which divides no cell, record or buffer size.</summary>
    private static readonly byte[] Pattern = SHA256.HashData("OnionHost"u8).SelectMany((seed, i) =>
        Enumerable.Range(0, 2053).Select(n => (byte)(seed + (i * 31) + (n * n)))).ToArray();

    public static void Map(WebApplication app)
    {
        app.UseWebSockets();
        app.MapGet("/", () => "hello from an onion");
        app.MapGet("/bytes/{count:int}", (int count, HttpContext context) => SendAsync(context, count));
        app.MapPost("/upload", (Delegate)UploadAsync);
        app.Map("/echo", EchoAsync);
        var gate = new Gate();
        app.MapGet("/gate/{count:int}", (int count, HttpContext context) => gate.PassAsync(count, context.RequestAborted));
    }

    /// <summary>The first <paramref name="count"/> bytes that <c>/bytes</c> sends, as their SHA-256.</summary>
    public static byte[] HashOf(int count)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var piece in Pieces(count))
        {
            hash.AppendData(piece.Span);
        }

        return hash.GetHashAndReset();
    }

    /// <summary>The bytes in pieces.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Pieces(int count)
    {
        for (var left = count; left > 0; left -= Pattern.Length)
        {
            yield return Pattern.AsMemory(0, Math.Min(left, Pattern.Length));
        }
    }

    private static async Task SendAsync(HttpContext context, int count)
    {
        context.Response.ContentLength = count;
        foreach (var piece in Pieces(count))
        {
            await context.Response.Body.WriteAsync(piece, context.RequestAborted);
        }
    }

    private static async Task<string> UploadAsync(HttpContext context, CancellationToken stop)
    {
        context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = null;
        return Convert.ToHexString(await SHA256.HashDataAsync(context.Request.Body, stop));
    }

    private static async Task EchoAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(), context.RequestAborted);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
                return;
            }

            await socket.SendAsync(buffer.AsMemory(0, received.Count), received.MessageType, received.EndOfMessage, context.RequestAborted);
        }
    }
}
