using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Logging;
using OnionHost.Network;
using OnionHost.Network.Authority;
using OnionHost.Network.Authority.Flags;
using OnionHost.Network.Authority.Reachability;
using OnionHost.Network.Relays;
using OnionHost.Protocol.Certificates;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Directory.Consensuses;
using OnionHost.Protocol.Identities;
using OnionHost.Rendezvous.Nodes;

namespace OnionHost.LocalNetwork;

/// <summary>
/// The nodes of a private network, and their way up: keys, ports, descriptors, the first agreement at once, then the schedule.
/// </summary>
internal sealed class PrivateNodes(NodeContext context, PrivateNetworkOptions options) : IAsyncDisposable
{
    /// <summary>Bits of the keys of authorities that live as long as the process: a relay's length, quick to make.</summary>
    private const int FleetingKeyBits = 1024;

    private readonly ConcurrentBag<RunningNode> _made = [];
    private readonly ILogger _logger = context.Loggers.CreateLogger<PrivateNetwork>();

    /// <summary>The authorities, then the relays, then the exits.</summary>
    public IReadOnlyList<RunningNode> All { get; private set; } = [];

    /// <summary>The authorities as others are told of them.</summary>
    public IReadOnlyList<DirectoryAuthority> Trusted { get; private set; } = [];

    private IEnumerable<AuthorityServer> Authorities => All.Select(node => node.Authority).OfType<AuthorityServer>();

    /// <summary>
    /// What the authorities vote for: a time period is as long as a shared random run, as in the public network (rend-spec-v3 2.2.1),
    /// and build times are not learned, as those of one machine say how busy it is and not which paths are slow.
    /// </summary>
    public static NetworkParameters ParametersOf(PrivateNetworkOptions options) => NetworkParameters.From(
        [new("cbtdisabled", 1), new("cc_alg", 2), new("hsdir_interval", Math.Clamp((int)(options.VotingInterval.TotalMinutes * 24), 5, 14400))]);

    /// <summary>How long votes are collected, and then signatures.</summary>
    public static TimeSpan DelayOf(PrivateNetworkOptions options) => TimeSpan.FromSeconds(Math.Max(2, (int)(options.VotingInterval.TotalSeconds / 10)));

    /// <summary>Makes them, and lets them listen; on failure the caller disposes.</summary>
    public async Task ListenAsync(CancellationToken stop)
    {
        Report("Making keys", 0);
        All = await MakeAsync(stop).ConfigureAwait(false);
        Trusted = [.. Authorities.Select(authority => authority.Self), .. options.OtherAuthorities];
        Report($"{All.Count} nodes are listening", 30);
    }

    /// <summary>Lets the authorities agree, and all learn what they agreed on; on failure the caller disposes.</summary>
    public async Task StartAsync(CancellationToken stop)
    {
        foreach (var authority in Authorities)
        {
            authority.Join(VotingOptions(authority.Self));
        }

        // The first agreement is at once, unless authorities elsewhere are needed for it: those know only the schedule.
        if (options.Authorities * 2 > Trusted.Count)
        {
            await UploadAsync(stop).ConfigureAwait(false);
            Report("Descriptors are uploaded, and every relay was tested", 50);
            await AgreeAsync(stop).ConfigureAwait(false);
            Report($"{options.Authorities} authorities agree on a consensus", 80);
            Join();
            await KnowAsync(stop).ConfigureAwait(false);
            Vote();
        }
        else
        {
            Join();
            Vote();
            Report($"Waiting for {options.OtherAuthorities.Count} authorities elsewhere to agree", 50);
            await KnowAsync(stop).ConfigureAwait(false);
        }

        Report("Every relay knows the network", 100);
        LocalNetworkLog.Up(_logger, Trusted.Count, All.Count - Trusted.Count);
    }

    /// <summary>Ends every node.</summary>
    public async ValueTask DisposeAsync() => await Task.WhenAll(_made.Select(node => node.DisposeAsync().AsTask())).ConfigureAwait(false);

    private void Join()
    {
        foreach (var node in All)
        {
            node.Server.Join(Trusted);
        }
    }

    private void Vote()
    {
        foreach (var authority in Authorities)
        {
            authority.Voting.Start();
        }
    }

    private Task KnowAsync(CancellationToken stop) => Task.WhenAll(All.Select(node => node.Server.Directory!.WaitAsync(stop)));

    private async Task<IReadOnlyList<RunningNode>> MakeAsync(CancellationToken stop)
    {
        var names = Enumerable.Range(1, options.Authorities).Select(i => (Kind: 'a', Name: $"auth{i}"))
            .Concat(Enumerable.Range(1, options.Relays - options.Exits).Select(i => (Kind: 'r', Name: $"relay{i}")))
            .Concat(Enumerable.Range(1, options.Exits).Select(i => (Kind: 'e', Name: $"exit{i}")));

        // Finding primes takes the time, so all nodes do it side by side.
        return await Task.WhenAll(names.Select(node => Task.Run(() => MakeAsync(node.Kind, node.Name, stop), stop))).ConfigureAwait(false);
    }

    private async Task<RunningNode> MakeAsync(char kind, string name, CancellationToken stop)
    {
        var relayOptions = NodeOptions(kind, name);
        var authority = kind == 'a' ? new AuthorityServer(context, relayOptions, FleetingKeyBits) : null;
        var node = new RunningNode(authority?.Server ?? new RelayServer(context, relayOptions), authority, isExit: kind == 'e');
        _made.Add(node);
        await node.Server.ListenAsync(stop).ConfigureAwait(false);
        return node;
    }

    private RelayServerOptions NodeOptions(char kind, string name) => new()
    {
        Relay = new RelayOptions(Nickname.Parse(name), new IPEndPoint(options.ListenAddress, 0))
        {
            AdvertisedAddress = options.ListenAddress,
            AllowPrivateAddresses = true,
            Contact = name,
            IsHsDir = kind != 'a',
            Policy = kind == 'e' ? ExitPolicy.AcceptAll : ExitPolicy.RejectAll,
            Resolver = options.AllowRemoteDestinations ? null : new LoopbackResolver(),
            ExitRefuses = options.AllowRemoteDestinations ? null : endPoint => !IPAddress.IsLoopback(endPoint.Address),
        },

        // A prime of an RSA certificate takes longer to find than the whole rest of a relay to start.
        LinkLeaf = LinkLeafKind.EllipticCurve,
        DataDirectory = options.DataDirectory is { } folder ? Path.Combine(folder, name) : null,
        DirListen = kind == 'a' ? new IPEndPoint(options.ListenAddress, 0) : null,
    };

    private AuthorityOptions VotingOptions(DirectoryAuthority self) => new(self, Trusted)
    {
        Interval = options.VotingInterval,
        VoteDelay = DelayOf(options),
        DistributionDelay = DelayOf(options),
        Contact = self.Nickname.ToString(),
        Flags = FlagOptions.Private,
        AllowPrivateAddresses = true,

        // A few dozen relays at most: each is tested every half hour, without waking up all the time.
        Reachability = new ReachabilityOptions { Pause = TimeSpan.FromMinutes(2), Parts = 15, Parallel = 8 },
        Parameters = ParametersOf(options),
    };

    /// <summary>Hands every descriptor to every authority and has its links tested, so that the first consensus lists all of them.</summary>
    private Task UploadAsync(CancellationToken stop)
    {
        var all = All.Select(node => node.Server.Relay.Describe()).ToList();
        return Task.WhenAll(
            from authority in Authorities
            from documents in all
            select OfferAsync(authority, documents, stop));
    }

    private static async Task OfferAsync(AuthorityServer authority, RelayDocuments documents, CancellationToken stop)
    {
        await authority.Voting.OfferAndTestAsync(documents.Descriptor, stop).ConfigureAwait(false);
        if (documents.ExtraInfo is { } extra)
        {
            authority.Voting.Offer(extra);
        }
    }

    /// <summary>The first agreement, all four rounds of it, without waiting for the schedule.</summary>
    private async Task AgreeAsync(CancellationToken stop)
    {
        var votings = Authorities.Select(authority => authority.Voting).ToList();
        var now = context.Now;
        var validAfter = votings.Max(voting => voting.PeriodAt(now));
        var rounds = votings.Select(voting => voting.BeginRound(validAfter)).ToList();
        await Task.WhenAll(rounds.Select(round => round.PublishVoteAsync(stop))).ConfigureAwait(false);
        await Task.WhenAll(rounds.Select(round => round.FetchMissingVotesAsync(stop))).ConfigureAwait(false);
        await Task.WhenAll(rounds.Select(round => round.CompareVotesAsync(stop))).ConfigureAwait(false);
        await Task.WhenAll(rounds.Select(round => round.SignAsync(stop))).ConfigureAwait(false);
        await Task.WhenAll(rounds.Select(round => round.FetchMissingSignaturesAsync(stop))).ConfigureAwait(false);
        await Task.WhenAll(votings.Zip(rounds, (voting, round) => voting.PublishAsync(round, stop))).ConfigureAwait(false);
    }

    private void Report(string step, int percent) => options.Progress?.Report(new PrivateNetworkProgress(step, percent));
}
