using OnionHost.Cli.Networks;
using OnionHost.Cli.Settings;
using OnionHost.Network;
using OnionHost.Network.Authority;
using OnionHost.Network.Authority.Approval;
using OnionHost.Network.Authority.Flags;
using OnionHost.Network.Directory.Versions;
using OnionHost.Protocol.Directory.Consensuses;
using OnionHost.Protocol.Directory.Voting;

namespace OnionHost.Cli.Nodes;

/// <summary>What an authority is told besides what every relay is.</summary>
/// <param name="Interval">How often it votes; null takes the network's.</param>
/// <param name="ListsEverybody">True if relays need no approval.</param>
/// <param name="Parameters">Consensus parameters that it votes for.</param>
/// <param name="ClientVersions">Versions that clients should run; null without opinion.</param>
/// <param name="ServerVersions">Versions that relays should run; null without opinion.</param>
internal sealed record AuthoritySettings(
    TimeSpan? Interval, bool ListsEverybody, IReadOnlyList<KeyValuePair<string, int>> Parameters, string? ClientVersions, string? ServerVersions)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ShortestDelay = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(5);

    private static readonly ToolOption ApproveAll = new("--approve-all", string.Empty, "List every relay that keeps the rules, without approval");

    private static readonly ToolOption Param = new("--param", "NAME=NUMBER", "A consensus parameter to vote for; may be repeated")
    {
        Takes = "NAME=NUMBER, such as cc_alg=2",
        IsMany = true,
    };

    private const string VersionList = "versions with commas between: OnionHost's, such as 0.2.0 or OnionHost-0.2.0, and stock Tor's, such as 0.4.9.11";

    private static readonly ToolOption Clients = new("--client-versions", "LIST", "Versions that clients should run") { Takes = VersionList };
    private static readonly ToolOption Servers = new("--server-versions", "LIST", "Versions that relays should run") { Takes = VersionList };

    /// <summary>The options that only authorities have.</summary>
    public static IReadOnlyList<ToolOption> Options { get; } = [Settings.Options.VotingInterval, ApproveAll, Param, Clients, Servers];

    /// <summary>Reads the options.</summary>
    public static AuthoritySettings Read(ToolSettings settings)
    {
        TimeSpan? interval = settings.Text(Settings.Options.VotingInterval) is null ? null : settings.Read(Settings.Options.VotingInterval, Shortest, Parsers.Duration);
        if (interval < Shortest || interval > TimeSpan.FromDays(1))
        {
            settings.Fault(Settings.Options.VotingInterval, $"{interval} is out of range. It takes {Settings.Options.VotingInterval.Takes}.");
        }

        return new AuthoritySettings(
            interval, settings.Switch(ApproveAll), settings.ReadAll<KeyValuePair<string, int>>(Param, ParseParameter), ReadVersions(settings, Clients), ReadVersions(settings, Servers));
    }

    /// <summary>What the voting authority is told.</summary>
    /// <param name="node">Time and logs.</param>
    /// <param name="self">This authority.</param>
    /// <param name="network">Its network.</param>
    /// <param name="relay">The relay beneath.</param>
    /// <param name="data">Its directory.</param>
    public AuthorityOptions ToOptions(NodeContext node, DirectoryAuthority self, NetworkChoice network, RelaySettings relay, DataDirectory data)
    {
        var interval = Interval ?? network.VotingInterval;
        var usualDelay = TimeSpan.FromSeconds(Math.Clamp(interval.TotalSeconds / 10, ShortestDelay.TotalSeconds, LongestDelay.TotalSeconds));
        var authorities = network.Description.Authorities;
        var isPrivate = network.Description.IsPrivate;
        return new AuthorityOptions(self, authorities)
        {
            Interval = interval,
            VoteDelay = network.Description.VoteDelay ?? usualDelay,
            DistributionDelay = network.Description.DistributionDelay ?? usualDelay,
            Contact = relay.Contact.Length > 0 ? relay.Contact : self.Nickname.ToString(),
            Flags = isPrivate ? FlagOptions.Private : new FlagOptions(),
            AllowPrivateAddresses = isPrivate,
            Approvals = ListsEverybody ? null : new RelayApprovals(node, data.Path, authorities),
            Parameters = Vote(network, interval),
            ClientVersions = ClientVersions,
            ServerVersions = ServerVersions,
        };
    }

    private NetworkParameters Vote(NetworkChoice network, TimeSpan interval)
    {
        var votes = new Dictionary<string, int>(network.Description.Parameters, StringComparer.Ordinal);
        if (network.Description.IsPrivate)
        {
            // A time period is as long as a shared random run, as in the public network (rend-spec-v3 2.2.1).
            votes.TryAdd("hsdir_interval", Math.Clamp((int)(interval.TotalMinutes * 24), 5, 14400));
        }

        foreach (var (name, value) in Parameters)
        {
            votes[name] = value;
        }

        return NetworkParameters.From(votes);
    }

    private static string? ReadVersions(ToolSettings settings, ToolOption option) =>
        settings.Text(option) is null ? null : settings.Read(option, string.Empty, ParseVersions);

    private static bool ParseVersions(string text, out string versions)
    {
        var items = text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        versions = string.Join(',', items.Distinct().Order(TorVersionOrder.Instance));
        return items.Length > 0 && items.All(VersionAdvice.IsVersion);
    }

    private static bool ParseParameter(string text, out KeyValuePair<string, int> parameter)
    {
        var parts = text.Split('=');
        var value = 0;
        var isValid = parts.Length == 2 && parts[0].Length > 0 && parts[0].All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-')
            && int.TryParse(parts[1], System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out value);
        parameter = new(isValid ? parts[0] : string.Empty, value);
        return isValid;
    }
}
