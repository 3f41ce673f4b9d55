using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using OnionHost.Network.Directory;
using OnionHost.Protocol;

namespace OnionHost.Network.Authority;

/// <summary>Another authority, over its directory port.</summary>
internal sealed class AuthorityPeer(NodeContext context, DirectoryAuthority authority, TimeSpan timeout)
{
    // Answers tell the time in whole seconds.
    private static readonly TimeSpan NoticeableSkew = TimeSpan.FromSeconds(3);

    private readonly Dictionary<string, string> _headers = new() { ["Host"] = authority.DirPort.ToString() };
    private readonly ILogger _logger = context.Loggers.CreateLogger<AuthorityPeer>();
    private bool _isSkewed;

    /// <summary>Who it is.</summary>
    public DirectoryAuthority Authority => authority;

    /// <summary>Gets a document.</summary>
    /// <exception cref="TorException">It does not answer, or not in time.</exception>
    public Task<DirectoryResponse> GetAsync(string path, CancellationToken ct) =>
        RequestAsync((stream, limit) => DirectoryClient.GetAsync(stream, path, _headers, limit), ct);

    /// <summary>Posts a document.</summary>
    /// <exception cref="TorException">It does not answer, or not in time.</exception>
    public Task<DirectoryResponse> PostAsync(string path, ReadOnlyMemory<byte> body, CancellationToken ct) =>
        RequestAsync((stream, limit) => DirectoryClient.PostAsync(stream, path, body, _headers, limit), ct);

    private async Task<DirectoryResponse> RequestAsync(Func<Stream, CancellationToken, Task<DirectoryResponse>> request, CancellationToken ct)
    {
        using var timer = new CancellationTokenSource(timeout, context.Time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, ct);
        try
        {
            using var socket = new Socket(authority.DirPort.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(authority.DirPort, limit.Token);
            await using var stream = new NetworkStream(socket);
            var asked = context.Now;
            var response = await request(stream, limit.Token);
            NoteClock(response, asked);
            return response;
        }
        catch (Exception fault) when (fault is SocketException or IOException || (fault is OperationCanceledException && !ct.IsCancellationRequested))
        {
            throw new TorException(TorErrorKind.Network, $"The authority {authority.Nickname} does not answer: {fault.Message}", isTransient: true, fault);
        }
    }

    /// <summary>Tells the operator when one of the two clocks is off, and again after it was right in between.</summary>
    private void NoteClock(DirectoryResponse response, DateTimeOffset asked)
    {
        if (response.Date is not { } theirs)
        {
            return;
        }

        var now = context.Now;
        var ahead = theirs < asked ? asked - theirs : theirs > now ? now - theirs : TimeSpan.Zero;
        var isSkewed = ahead.Duration() > NoticeableSkew;
        if (isSkewed && !_isSkewed)
        {
            AuthorityLog.ClockSkew(_logger, ahead.Duration(), ahead > TimeSpan.Zero ? "ahead" : "behind", authority.Nickname.ToString());
        }

        _isSkewed = isSkewed;
    }
}
