using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using OnionHost.Network.Directory;
using OnionHost.Protocol;

namespace OnionHost.Network.Authority;

/// <summary>Another authority, over its directory port.</summary>
internal sealed class AuthorityPeer(NodeContext context, DirectoryAuthority authority, TimeSpan timeout)
{
    private readonly Dictionary<string, string> _headers = new() { ["Host"] = authority.DirPort.ToString() };
    private readonly ILogger _logger = context.Loggers.CreateLogger<AuthorityPeer>();
    private bool _isSkewed;
    private long _ahead = long.MinValue;

    /// <summary>Who it is.</summary>
    public DirectoryAuthority Authority => authority;

    /// <summary>How far this machine's clock is ahead of its, by the last answer; null if none gave its time. Zero means to the second.</summary>
    public TimeSpan? ClockAhead
    {
        get => Interlocked.Read(ref _ahead) is var ticks and not long.MinValue ? TimeSpan.FromTicks(ticks) : null;
        set => Interlocked.Exchange(ref _ahead, value?.Ticks ?? long.MinValue);
    }

    /// <summary>Gets a document.</summary>
    /// <exception cref="TorException">It does not answer, or not in time.</exception>
    public Task<DirectoryResponse> GetAsync(string path, CancellationToken ct) =>
        RequestAsync((stream, limit) => DirectoryClient.GetAsync(stream, path, _headers, limit), ct);

    /// <summary>Asks for a document and reads only the head of the answer, which tells the status and how long the document is.</summary>
    /// <exception cref="TorException">It does not answer, or not in time.</exception>
    public Task<DirectoryResponse> GetHeadAsync(string path, CancellationToken ct) =>
        RequestAsync((stream, limit) => DirectoryClient.GetHeadAsync(stream, path, _headers, limit), ct);

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

    private void NoteClock(DirectoryResponse response, DateTimeOffset asked)
    {
        if (response.Date is not { } theirs)
        {
            return;
        }

        var now = context.Now;
        var ahead = theirs < asked ? asked - theirs : theirs > now ? now - theirs : TimeSpan.Zero;
        ClockAhead = ahead;
        var isSkewed = ahead.Duration() > AuthorityPeers.NoticeableSkew;
        if (isSkewed && !_isSkewed)
        {
            AuthorityLog.ClockDiffers(_logger, authority.Nickname.ToString(), ahead.Duration(), ahead > TimeSpan.Zero ? "behind" : "ahead of");
        }

        _isSkewed = isSkewed;
    }
}
