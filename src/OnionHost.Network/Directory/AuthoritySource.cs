using System.Net.Sockets;
using OnionHost.Protocol;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Directory;

/// <summary>Asks the authorities in turn, over their DirPorts: what relays and authorities do (dir-spec 4.4). Clients never do.</summary>
internal sealed class AuthoritySource : IDirectorySource
{
    private static readonly TimeSpan LongestRequest = TimeSpan.FromSeconds(30);

    private readonly NodeContext _context;
    private readonly DirectoryAuthority[] _authorities;
    private int _next;

    /// <param name="context">Time and randomness.</param>
    /// <param name="authorities">Whom to ask; at least one.</param>
    public AuthoritySource(NodeContext context, IReadOnlyList<DirectoryAuthority> authorities)
    {
        _context = context;
        _authorities = [.. authorities];
        context.Random.Shuffle(_authorities.AsSpan());
    }

    /// <summary>Hears how far an authority's clock is ahead of ours, by the date in its answer.</summary>
    public Action<RelayFingerprint, TimeSpan>? ClockHeard { get; init; }

    /// <inheritdoc/>
    public async Task<DirectoryResponse> GetAsync(string path, IReadOnlyDictionary<string, string>? headers, CancellationToken ct)
    {
        var authority = _authorities[(uint)Interlocked.Increment(ref _next) % _authorities.Length];
        using var late = new CancellationTokenSource(LongestRequest, _context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, late.Token);
        try
        {
            using var client = new TcpClient(authority.DirPort.AddressFamily) { NoDelay = true };
            await client.ConnectAsync(authority.DirPort, either.Token).ConfigureAwait(false);
            var all = new Dictionary<string, string>(headers ?? new Dictionary<string, string>()) { ["Host"] = authority.DirPort.ToString() };
            var response = await DirectoryClient.GetAsync(client.GetStream(), path, all, either.Token).ConfigureAwait(false);
            if (response.Date is { } date)
            {
                ClockHeard?.Invoke(authority.Fingerprint, date - _context.Now);
            }

            return response;
        }
        catch (Exception fault) when (fault is IOException or SocketException or OperationCanceledException && !ct.IsCancellationRequested)
        {
            throw new TorException(
                TorErrorKind.Network, $"Authority {authority.Nickname} did not answer ({fault.Message}); another is asked next.", isTransient: true, fault);
        }
    }
}
