using System.Net;
using System.Text.Json;
using OnionHost.Network;
using OnionHost.Network.Authority;
using OnionHost.Network.Authority.Flags;
using OnionHost.Network.Authority.Rounds;
using OnionHost.Network.Directory;
using OnionHost.Network.Relays;
using OnionHost.Protocol.Certificates;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Directory.Consensuses;
using OnionHost.Protocol.Identities;
using OnionHost.Rendezvous.Nodes;
using OnionHost.Tests.Shared;

namespace OnionHost.InteropTests;

/// <summary>One of our directory authorities in a network of stock nodes, on loopback.</summary>
internal sealed class OurAuthority : IAsyncDisposable
{
    private const int ShortLivedIdentityBits = 2048;

    private readonly string _folder;

    private OurAuthority(AuthorityServer server, NodeLogs logs, ShiftedTimeProvider clock, string folder)
    {
        _folder = folder;
        Server = server;
        Logs = logs;
        Clock = clock;
    }

    public AuthorityServer Server { get; }

    public NodeLogs Logs { get; }

    public ShiftedTimeProvider Clock { get; }

    public string Nickname => Server.Self.Nickname.ToString();

    /// <summary>Listens, so that the kit can be told of it.</summary>
    /// <param name="folder">Where its log goes.</param>
    /// <param name="name">Its nickname and the name of its log.</param>
    /// <param name="resource">Asked before its own documents; null for none.</param>
    public static async Task<OurAuthority> ListenAsync(string folder, string name, IDirectoryResource? resource = null)
    {
        var logs = new NodeLogs(folder, name, TimeProvider.System);
        var clock = new ShiftedTimeProvider(TimeProvider.System);
        var server = new AuthorityServer(
            new NodeContext(clock, SystemRandomSource.Instance, logs),
            new RelayServerOptions
            {
                Relay = new RelayOptions(Protocol.Identities.Nickname.Parse(name), new IPEndPoint(IPAddress.Loopback, 0))
                {
                    AllowPrivateAddresses = true,
                    IsHsDir = false,
                    Contact = $"{name}@example.org",
                },
                LinkLeaf = LinkLeafKind.Rsa,
                DirListen = new IPEndPoint(IPAddress.Loopback, 0),
            },
            ShortLivedIdentityBits);
        if (resource is not null)
        {
            server.Server.AddResource(resource);
        }

        await server.ListenAsync(CancellationToken.None);
        return new OurAuthority(server, logs, clock, folder);
    }

    /// <summary>Learns of the others and votes with them, by the times that the kit gives its own.</summary>
    public void Vote(StockNetwork network)
    {
        var voting = network.Description.GetProperty("voting");
        TimeSpan Seconds(string name) => TimeSpan.FromSeconds(voting.GetProperty(name).GetInt32());
        Server.Join(new AuthorityOptions(Server.Self, network.Authorities)
        {
            Interval = Seconds("interval"),
            VoteDelay = Seconds("vote_delay"),
            DistributionDelay = Seconds("dist_delay"),
            IntervalsValid = voting.GetProperty("intervals_valid").GetInt32(),
            Contact = Nickname,
            Flags = FlagOptions.Private,
            AllowPrivateAddresses = true,
            Parameters = NetworkParameters.From(
                network.Description.GetProperty("consensus_params").EnumerateObject().Select(p => new KeyValuePair<string, int>(p.Name, p.Value.GetInt32()))),
        });
        Server.Voting.StepDone += step =>
        {
            if (step == VotingStep.Publish && Server.Voting.Open[0] is { HasAllSignatures: false, Pending: { } pending } round)
            {
                Keep(round, pending);
            }
        };
        Server.Voting.Start();
    }

    /// <summary>
    /// Publishes its descriptor as a relay. When all authorities listen: a stock one that learns of a relay by another's vote first,
    /// tests it 20 minutes later.
    /// </summary>
    public void Publish(StockNetwork network) => Server.Server.Join(network.Authorities);

    /// <summary>Where the documents of rounds are kept that not all authorities signed, for people to compare.</summary>
    public string Disagreements => Path.Combine(_folder, "rounds");

    private void Keep(VotingRound round, PendingConsensus pending)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Disagreements, $"{round.ValidAfter:HHmmss}-{Nickname}")).FullName;
        File.WriteAllText(Path.Combine(folder, "consensus"), pending.Text(ConsensusFlavor.Ns));
        File.WriteAllText(Path.Combine(folder, "consensus-microdesc"), pending.Text(ConsensusFlavor.Microdesc));
        foreach (var vote in round.Votes)
        {
            File.WriteAllBytes(Path.Combine(folder, $"vote-{vote.Voter}"), vote.Document.ToArray());
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Logs.Dispose();
    }
}
