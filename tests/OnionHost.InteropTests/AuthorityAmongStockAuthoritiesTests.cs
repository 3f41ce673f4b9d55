using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using OnionHost.Network;
using OnionHost.Network.Authority;
using OnionHost.Network.Authority.Flags;
using OnionHost.Network.Authority.Reachability;
using OnionHost.Network.Directory;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Directory.Consensuses;
using OnionHost.Protocol.Directory.Voting;
using OnionHost.Protocol.Identities;

namespace OnionHost.InteropTests;

/// <summary>Our authority votes with two stock ones: they only agree if all three compute the same bytes.</summary>
public sealed class AuthorityAmongStockAuthoritiesTests : IAsyncLifetime
{
    private static readonly TimeSpan KitLimit = TimeSpan.FromSeconds(150);

    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(240));
    private readonly Channel<Consensus> _published = Channel.CreateUnbounded<Consensus>();
    private readonly string _folder = Path.Combine(Path.GetTempPath(), "onionhost-tornet-" + Path.GetRandomFileName());
    private readonly NodeContext _context = new(TimeProvider.System, SystemRandomSource.Instance, NullLoggerFactory.Instance);
    private readonly List<IDirectoryResource> _resources = [];
    private AuthorityKeys? _keys;
    private DirectoryPort? _port;
    private LinkReachabilityTester? _tester;
    private VotingAuthority? _authority;
    private IReadOnlyList<DirectoryAuthority> _authorities = [];

    public async Task InitializeAsync()
    {
        if (StockKit.WhatIsMissing() is not null)
        {
            return;
        }

        _port = new DirectoryPort(_context, new DirectoryServer(_context, _resources), new IPEndPoint(IPAddress.Loopback, 0));
        _keys = AuthorityKeys.Generate(_context.Now.AddHours(-1), _port.EndPoint, fleetingBits: 1024);
        var self = new DirectoryAuthority(
            Nickname.Parse("ours"), _keys.Identity, new RelayFingerprint(_context.Random.Bytes(20)), new IPEndPoint(IPAddress.Loopback, 9), _port.EndPoint);
        await KitAsync("init", _folder, "--authorities", "2", "--foreign-authority", self.ToString(), "--interval", "20", "--relays", "2", "--exits", "1", "--clients", "1", "--services", "0");
        var description = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(_folder, "network.json"))).RootElement;
        _authorities = [.. description.GetProperty("dir_authorities").EnumerateArray().Select(l => DirectoryAuthority.Parse(l.GetString()!))];
        Join(self, description.GetProperty("voting"));
        await KitAsync("start", _folder, "--owner", Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
    }

    public async Task DisposeAsync()
    {
        if (_authority is not null)
        {
            await _authority.DisposeAsync();
            await _tester!.DisposeAsync();
        }

        if (_port is not null)
        {
            await _port.DisposeAsync();
            _keys?.Dispose();
            await KitAsync("down", _folder, "--purge");
        }

        _limit.Dispose();
    }

    [SkippableFact]
    public async Task All_three_agree_and_sign()
    {
        StockNetwork.Require(StockKit.WhatIsMissing());

        // Relays that come up after the first votes are in the second or third consensus.
        Consensus consensus;
        do
        {
            consensus = await _published.Reader.ReadAsync(_limit.Token);
        }
        while (consensus.Relays.Count < 5 || consensus.Signatures.Count < 3);

        Assert.Equal(3, consensus.Authorities.Count);
        foreach (var stock in _authorities.Where(a => a.V3Identity != _keys!.Identity))
        {
            var peer = new AuthorityPeer(_context, stock, TimeSpan.FromSeconds(30));
            var votes = await peer.GetAsync($"/tor/status-vote/current/{_keys!.Identity}", _limit.Token);
            Assert.Equal(_keys.Identity, Vote.Parse(votes.Body).Voter);
            var certificates = await peer.GetAsync($"/tor/keys/fp/{_keys.Identity}", _limit.Token);
            Assert.True(certificates.IsOk);
        }

        Assert.Equal(string.Empty, (await KitAsync("logs", _folder, "--warn")).Trim());
    }

    private void Join(DirectoryAuthority self, JsonElement voting)
    {
        TimeSpan Seconds(string name) => TimeSpan.FromSeconds(voting.GetProperty(name).GetInt32());
        var options = new AuthorityOptions(self, _authorities)
        {
            Interval = Seconds("interval"),
            VoteDelay = Seconds("vote_delay"),
            DistributionDelay = Seconds("dist_delay"),
            Flags = FlagOptions.Private with { MinimumBandwidth = 0 },
            AllowPrivateAddresses = true,
        };
        var store = new DirectoryStore(_context);
        _tester = new LinkReachabilityTester(_context);
        _authority = new VotingAuthority(_context, options, _keys!, store, _tester);
        _authority.Published += consensus => _published.Writer.TryWrite(consensus);
        _resources.Add(_authority.Resource);
        _resources.Add(new DirectoryCacheResource(_context, store));
        _port!.Start();
        _authority.Start();
    }

    private static Task<string> KitAsync(params string[] arguments) => StockKit.RunAsync(KitLimit, ["-q", .. arguments]);
}
