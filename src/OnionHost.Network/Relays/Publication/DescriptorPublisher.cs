using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using OnionHost.Network.Directory;
using OnionHost.Protocol;
using OnionHost.Protocol.Directory;

namespace OnionHost.Network.Relays.Publication;

/// <summary>
/// Uploads a relay's descriptor to every authority: at the start, whenever it changed, when the machine's clock was set, and at least
/// every 18 hours. Authorities that do not answer are tried again, after 1 second and then twice as long each time, up to 10 minutes.
/// </summary>
internal sealed class DescriptorPublisher : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(18);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan ClockCheck = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan ClockJump = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan PostTimeout = TimeSpan.FromSeconds(30);

    private readonly NodeContext _context;
    private readonly IReadOnlyList<DirectoryAuthority> _authorities;
    private readonly Func<RelayDocuments> _describe;
    private readonly DescriptorPost _post;
    private readonly ILogger _logger;
    private readonly TaskCompletionSource _published = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _dirty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private BackgroundLoop? _loop;

    /// <param name="context">Time and logs.</param>
    /// <param name="authorities">Where to upload.</param>
    /// <param name="describe">Builds and signs the descriptor of the moment, and its extra-info.</param>
    /// <param name="post">How to upload; null posts to the DirPort.</param>
    public DescriptorPublisher(
        NodeContext context, IReadOnlyList<DirectoryAuthority> authorities, Func<RelayDocuments> describe, DescriptorPost? post = null)
    {
        _context = context;
        _authorities = authorities;
        _describe = describe;
        _post = post ?? PostToDirPortAsync;
        _logger = context.Loggers.CreateLogger<DescriptorPublisher>();
    }

    /// <summary>Completes when more than half of the authorities have taken a descriptor.</summary>
    public Task Published => _published.Task;

    /// <summary>An authority refuses the descriptor for good; the text says why.</summary>
    public event Action<DirectoryAuthority, string>? Refused;

    /// <summary>Begins to publish.</summary>
    public void Start() => _loop ??= BackgroundLoop.Start("descriptor upload", _context, RunAsync);

    /// <summary>Something in the descriptor changed: it is built and uploaded again soon.</summary>
    public void MarkDirty() => Volatile.Read(ref _dirty).TrySetResult();

    /// <summary>Stops publishing.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_loop is not null)
        {
            await _loop.DisposeAsync();
        }
    }

    private async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var dirty = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Volatile.Write(ref _dirty, dirty);
            await PublishAsync(_describe(), dirty.Task, stop);
        }
    }

    /// <summary>Uploads one descriptor until all have it, and returns when the next one is due.</summary>
    private async Task PublishAsync(RelayDocuments documents, Task dirty, CancellationToken stop)
    {
        var (built, builtAt) = (_context.Now, _context.Time.GetTimestamp());
        var due = built + Interval;
        var body = documents.ToUpload();
        var missing = _authorities;
        var refused = 0;
        for (var pause = FirstPause; ; pause = pause * 2 > LongestPause ? LongestPause : pause * 2)
        {
            var results = await Task.WhenAll(missing.Select(a => TryPostAsync(a, body, stop)));
            missing = [.. missing.Where((_, i) => results[i] == PostResult.NotYet)];
            refused += results.Count(result => result == PostResult.Refused);
            if ((missing.Count + refused) * 2 < _authorities.Count)
            {
                _published.TrySetResult();
            }

            // In short steps, since no timer tells that somebody set the clock.
            for (var retry = _context.Now + pause; missing.Count == 0 || _context.Now < retry;)
            {
                await Task.WhenAny(dirty, Task.Delay(missing.Count > 0 && pause < ClockCheck ? pause : ClockCheck, _context.Time, stop));
                stop.ThrowIfCancellationRequested();
                if (dirty.IsCompleted || _context.Now >= due || IsClockSet(built, builtAt))
                {
                    return;
                }
            }
        }
    }

    /// <summary>True if the wall clock did not run as the steady one did: authorities refuse descriptors of another time.</summary>
    private bool IsClockSet(DateTimeOffset since, long sinceTimestamp) =>
        (_context.Now - since - _context.Time.GetElapsedTime(sinceTimestamp)).Duration() > ClockJump;

    private async Task<PostResult> TryPostAsync(DirectoryAuthority authority, ReadOnlyMemory<byte> body, CancellationToken stop)
    {
        using var late = new CancellationTokenSource(PostTimeout, _context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, late.Token);
        try
        {
            var response = await _post(authority, body, either.Token);
            if (response.IsOk)
            {
                PublicationLog.Uploaded(_logger, authority.Nickname.ToString());
                return PostResult.Taken;
            }

            if (response.Status is >= 400 and < 500)
            {
                PublicationLog.Refused(_logger, authority.Nickname.ToString(), response.Status, response.Reason);
                Refused?.Invoke(authority, response.Reason);
                return PostResult.Refused;
            }

            PublicationLog.NotUploaded(_logger, authority.Nickname.ToString(), $"status {response.Status}");
            return PostResult.NotYet;
        }
        catch (Exception e) when (e is IOException or SocketException or TorException or OperationCanceledException)
        {
            stop.ThrowIfCancellationRequested();
            PublicationLog.NotUploaded(_logger, authority.Nickname.ToString(), e.Message);
            return PostResult.NotYet;
        }
    }

    private static async Task<DirectoryResponse> PostToDirPortAsync(DirectoryAuthority authority, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        using var client = new TcpClient(authority.DirPort.AddressFamily) { NoDelay = true };
        await client.ConnectAsync(authority.DirPort, cancellationToken);
        var headers = new Dictionary<string, string> { ["Host"] = authority.DirPort.ToString() };
        return await DirectoryClient.PostAsync(client.GetStream(), "/tor/", body, headers, cancellationToken);
    }
}
