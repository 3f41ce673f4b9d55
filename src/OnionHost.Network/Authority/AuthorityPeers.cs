using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using OnionHost.Network.Directory;
using OnionHost.Protocol;

namespace OnionHost.Network.Authority;

/// <summary>All other authorities: what is asked of each, and what their clocks say. One that does not answer is no fault of the rest.</summary>
internal sealed class AuthorityPeers
{
    /// <summary>Clocks that differ more are told of. Answers tell the time in whole seconds.</summary>
    public static readonly TimeSpan NoticeableSkew = TimeSpan.FromSeconds(3);

    private readonly ILogger _logger;
    private bool _isClockOff;

    /// <summary>Knows the others.</summary>
    public AuthorityPeers(NodeContext context, AuthorityOptions options)
    {
        _logger = context.Loggers.CreateLogger<AuthorityPeers>();
        All = [.. options.Others.Select(a => new AuthorityPeer(context, a, options.RequestTimeout))];
    }

    /// <summary>Each of them.</summary>
    public ImmutableArray<AuthorityPeer> All { get; }

    /// <summary>Posts a document to all.</summary>
    /// <param name="path">Where.</param>
    /// <param name="body">The document.</param>
    /// <param name="what">What it is, in words.</param>
    /// <param name="refusal">Told if one refuses it; null: that is no news.</param>
    /// <param name="ct">Gives up.</param>
    public Task PostAsync(string path, ReadOnlyMemory<byte> body, string what, Action<AuthorityPeer, DirectoryResponse>? refusal, CancellationToken ct) =>
        EachAsync(what, async peer =>
        {
            var response = await peer.PostAsync(path, body, ct);
            if (!response.IsOk)
            {
                refusal?.Invoke(peer, response);
            }
        });

    /// <summary>Asks all for a document.</summary>
    /// <param name="path">Which.</param>
    /// <param name="what">What it is, in words.</param>
    /// <param name="take">Is given each answer.</param>
    /// <param name="ct">Gives up.</param>
    public Task FetchAsync(string path, string what, Action<ReadOnlyMemory<byte>> take, CancellationToken ct) =>
        EachAsync(what, peer => FetchAsync(peer, path, take, ct));

    /// <summary>Asks one for a document.</summary>
    /// <exception cref="TorException">It does not answer, or what it gave is malformed.</exception>
    public static async Task FetchAsync(AuthorityPeer peer, string path, Action<ReadOnlyMemory<byte>> take, CancellationToken ct)
    {
        var response = await peer.GetAsync(path, ct);
        if (response.IsOk)
        {
            take(response.Body);
        }
    }

    /// <summary>Does something with all at once; faults are noted.</summary>
    public Task EachAsync(string what, Func<AuthorityPeer, Task> work) => Task.WhenAll(All.Select(async peer =>
    {
        try
        {
            await work(peer);
        }
        catch (TorException fault)
        {
            AuthorityLog.PeerFault(_logger, peer.Authority.Nickname.ToString(), what, fault.Message);
        }
    }));

    /// <summary>Forgets what the others' clocks said: a new period begins.</summary>
    public void ForgetClocks()
    {
        foreach (var peer in All)
        {
            peer.ClockAhead = null;
        }
    }

    /// <summary>Tells the operator if more than half of the others say that this machine's clock is off, or was and no longer is.</summary>
    /// <returns>True if it is off.</returns>
    public bool JudgeClock()
    {
        var heard = All.Select(peer => peer.ClockAhead).OfType<TimeSpan>().ToList();
        var offset = ClockOffset.Of(heard, NoticeableSkew);
        if (offset.Agreeing * 2 > All.Length)
        {
            AuthorityLog.ClockOff(_logger, offset.Amount, offset.Direction, offset.Agreeing, All.Length);
            return _isClockOff = true;
        }

        if (_isClockOff && heard.Count(ahead => ahead.Duration() <= NoticeableSkew) * 2 > All.Length)
        {
            _isClockOff = false;
            AuthorityLog.ClockRight(_logger);
        }

        return false;
    }
}
