using OnionHost.Network;
using OnionHost.Network.Authority;
using OnionHost.Network.Authority.Reachability;

namespace OnionHost.Rendezvous.Nodes;

/// <summary>
/// A directory authority: a relay that carries no foreign streams, with a DirPort, and the agreement with the other authorities.
/// It listens first, so that <see cref="Self"/> can be told to the others, and begins to vote then.
/// </summary>
internal sealed class AuthorityServer : IAsyncDisposable
{
    private readonly NodeContext _context;
    private readonly RelayServerOptions _options;
    private readonly AuthorityKeys _keys;
    private readonly CircuitReachabilityTester _tester;
    private volatile VotingAuthority? _voting;

    /// <summary>Loads or makes the keys, and binds the DirPort, which the options must have.</summary>
    /// <param name="context">Time, randomness, logs.</param>
    /// <param name="options">The relay beneath.</param>
    /// <param name="fleetingBits">Length of the keys of an authority that lives in memory and ends with its process; null for lasting ones.</param>
    public AuthorityServer(NodeContext context, RelayServerOptions options, int? fleetingBits = null)
    {
        _context = context;
        _options = options;
        Server = new RelayServer(context, options);
        Server.AddResource(new JoiningResource());
        var address = Server.DirEndPoint ?? throw new ArgumentException("An authority needs a DirPort.", nameof(options));
        _keys = options.DataDirectory is { } folder
            ? AuthorityKeys.LoadOrCreate(Path.Combine(folder, "keys"), context.Now, address)
            : AuthorityKeys.Generate(context.Now, address, fleetingBits);
        _tester = new CircuitReachabilityTester(context, new FarEnds(context, () => Server.Relay.ToHop()));
    }

    /// <summary>The relay beneath.</summary>
    public RelayServer Server { get; }

    /// <summary>The agreement; null before <see cref="Join"/>.</summary>
    public VotingAuthority Voting => _voting ?? throw new InvalidOperationException("The authority has not joined the others.");

    /// <summary>True after <see cref="Join"/>.</summary>
    public bool HasJoined => _voting is not null;

    /// <summary>What clients, relays and the other authorities need to know of it. It must listen already.</summary>
    public DirectoryAuthority Self => new(
        _options.Relay.Nickname, _keys.Identity, Server.Keys.Fingerprint, Server.Relay.OrEndPoint, Server.DirEndPoint!);

    /// <summary>Accepts links and directory requests.</summary>
    public Task ListenAsync(CancellationToken cancellationToken) => Server.ListenAsync(cancellationToken);

    /// <summary>Learns who the authorities are, and takes descriptors and votes from here on. It votes by the schedule when told to start.</summary>
    public void Join(AuthorityOptions options)
    {
        _voting = new VotingAuthority(
            _context, options with { DataDirectory = _options.DataDirectory }, _keys, Server.Store, _tester);
        Server.AddResource(_voting.Resource);
    }

    /// <summary>Stops voting, then closes every link and port.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_voting is not null)
        {
            await _voting.DisposeAsync().ConfigureAwait(false);
        }

        await Server.DisposeAsync().ConfigureAwait(false);
        await _tester.DisposeAsync().ConfigureAwait(false);
        _keys.Dispose();
    }
}
