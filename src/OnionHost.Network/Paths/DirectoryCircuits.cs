using Microsoft.Extensions.Logging;
using OnionHost.Network.Circuits;
using OnionHost.Network.Directory;
using OnionHost.Network.Guards;
using OnionHost.Network.Networks;
using OnionHost.Protocol;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Paths;

/// <summary>
/// Asks directories over circuits of one hop: first guards, then fallback directories, then authorities; another one when one fails or does not know.
/// Circuits are kept a little, so that a bootstrap needs few of them.
/// </summary>
internal sealed class DirectoryCircuits : IDirectorySource, IAsyncDisposable
{
    private const int MaxParallel = 8;
    private const int GuardTries = 3;
    private const int FallbackTries = 4;
    private const int AuthorityTries = 4;
    private static readonly TimeSpan KeepIdle = TimeSpan.FromSeconds(30);

    private readonly NodeContext _context;
    private readonly OneHopCircuits _circuits;
    private readonly GuardSet _guards;
    private readonly IReadOnlyList<DirectoryAuthority> _authorities;
    private readonly Func<NetworkView?> _view;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _places = new(MaxParallel);
    private readonly BackgroundLoop _sweep;

    /// <param name="context">Time, randomness and logs.</param>
    /// <param name="links">Opens links.</param>
    /// <param name="guards">Which relays to ask first.</param>
    /// <param name="authorities">Whom to ask while no relay is known, or when guards fail.</param>
    /// <param name="view">The network as far as it is known.</param>
    public DirectoryCircuits(
        NodeContext context, LinkOpener links, GuardSet guards, IReadOnlyList<DirectoryAuthority> authorities, Func<NetworkView?> view)
    {
        _context = context;
        _circuits = new OneHopCircuits(context, links);
        _guards = guards;
        _authorities = authorities;
        _view = view;
        _logger = context.Loggers.CreateLogger<DirectoryCircuits>();
        _sweep = BackgroundLoop.Every(KeepIdle, "directory circuits", context, _ => _circuits.CloseIdleAsync(KeepIdle));
    }

    /// <summary>Whom to ask before the authorities while no guard answers.</summary>
    public IReadOnlyList<FallbackDirectory> Fallbacks { get; init; } = [];

    /// <inheritdoc/>
    public async Task<DirectoryResponse> GetAsync(string path, IReadOnlyDictionary<string, string>? headers, CancellationToken ct)
    {
        await _places.WaitAsync(ct);
        try
        {
            return await GetFromAnyAsync(path, headers, ct);
        }
        finally
        {
            _places.Release();
        }
    }

    /// <summary>Closes the circuits.</summary>
    public async ValueTask DisposeAsync()
    {
        await _sweep.DisposeAsync();
        await _circuits.DisposeAsync();
    }

    private async Task<DirectoryResponse> GetFromAnyAsync(string path, IReadOnlyDictionary<string, string>? headers, CancellationToken ct)
    {
        DirectoryResponse? negative = null;
        TorException? failure = null;
        foreach (var (target, isGuard) in Candidates())
        {
            try
            {
                var response = await GetFromAsync(target, isGuard, path, headers, ct);
                if (response.Status is not 404 and < 500)
                {
                    return response;
                }

                negative = response;
                PathLog.DirectoryRetried(_logger, $"status {response.Status}");
            }
            catch (TorException e)
            {
                failure = e;
                PathLog.DirectoryRetried(_logger, e.Message);
            }
        }

        return negative ?? throw new TorException(TorErrorKind.Network,
            $"None of the directories answered; the last said: {failure?.Message ?? "nothing"} Check that this machine is online and that the authorities' addresses are right.",
            isTransient: true, failure);
    }

    private async Task<DirectoryResponse> GetFromAsync(
        DirectoryTarget target, bool isGuard, string path, IReadOnlyDictionary<string, string>? headers, CancellationToken ct)
    {
        ClientCircuit circuit;
        try
        {
            circuit = await _circuits.GetAsync(target, ct);
        }
        catch (TorException) when (isGuard)
        {
            _guards.Failed(target.Fingerprint);
            throw;
        }

        if (isGuard)
        {
            _guards.Succeeded(target.Fingerprint);
        }

        return await _circuits.FetchAsync(target, circuit, path, headers, ct);
    }

    /// <summary>Lazily, so that a guard that fails during the walk is not offered again.</summary>
    private IEnumerable<(DirectoryTarget Target, bool IsGuard)> Candidates()
    {
        var view = _view();
        var tried = new HashSet<RelayFingerprint>();
        for (var i = 0; view is not null && i < GuardTries; i++)
        {
            if (_guards.Choose(view, GuardUse.Directory, n => !tried.Contains(n.Fingerprint)) is not { } guard)
            {
                break;
            }

            tried.Add(guard.Fingerprint);
            yield return (DirectoryTarget.Of(guard), true);
        }

        foreach (var fallback in Shuffled(Fallbacks.Where(f => tried.Add(f.Fingerprint))).Take(FallbackTries))
        {
            yield return (DirectoryTarget.Of(fallback, view), false);
        }

        foreach (var authority in Shuffled(_authorities.Where(a => !tried.Contains(a.Fingerprint))).Take(AuthorityTries))
        {
            yield return (DirectoryTarget.Of(authority, view), false);
        }
    }

    private T[] Shuffled<T>(IEnumerable<T> directories)
    {
        var all = directories.ToArray();
        _context.Random.Shuffle<T>(all);
        return all;
    }
}
