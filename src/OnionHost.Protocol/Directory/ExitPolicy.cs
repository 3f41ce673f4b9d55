using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace OnionHost.Protocol.Directory;

/// <summary>
/// Where an exit connects to: rules in order, the first that matches decides, and what none matches is refused
/// (dir-spec 2.1.3). Clients never get the rules, only their <see cref="ExitPolicySummary"/>.
/// </summary>
public sealed class ExitPolicy
{
    /// <summary>The most rules that a policy may have.</summary>
    public const int MaximumRules = 4096;

    /// <summary>Makes a policy from rules.</summary>
    /// <exception cref="ProtocolException">There are more than 4096.</exception>
    public ExitPolicy(IEnumerable<ExitPolicyRule> rules)
    {
        Rules = [.. rules.Take(MaximumRules + 1)];
        if (Rules.Length > MaximumRules)
        {
            throw new ProtocolException($"An exit policy has more than {MaximumRules} rules.");
        }
    }

    /// <summary>Refuses everything: a relay that is no exit.</summary>
    public static ExitPolicy RejectAll { get; } = Parse("reject *:*");

    /// <summary>Opens everything, private addresses too.</summary>
    public static ExitPolicy AcceptAll { get; } = Parse("accept *:*");

    /// <summary>What stock tor's exits do unless told otherwise: everything but mail, file sharing and Windows' own ports.</summary>
    public static ExitPolicy Default { get; } = Parse(
        "reject private:*,reject *:25,reject *:119,reject *:135-139,reject *:445,reject *:563,reject *:1214,"
        + "reject *:4661-4666,reject *:6346-6429,reject *:6699,reject *:6881-6999,accept *:*");

    /// <summary>Only the ports of services that people use: the web, mail clients, chats, shells, repositories. Little abuse, few complaints.</summary>
    public static ExitPolicy Reduced { get; } = Accepting(
        "20-23,43,53,79-81,88,110,143,194,220,389,443,464,465,531,543-544,554,563,587,636,706,749,873,902-904,981,989-995,1194,1220,1293,"
        + "1500,1533,1677,1723,1755,1863,2082-2083,2086-2087,2095-2096,2102-2104,3128,3389,3690,4321,4643,5050,5190,5222-5223,5228,5900,"
        + "6660-6669,6679,6697,8000,8008,8074,8080,8082,8087-8088,8232-8233,8332-8333,8443,8888,9418,9999,10000,11371,18080-18081,18089,"
        + "19294,19638,50002,64738");

    /// <summary>Only the relay's own neighbourhood, and nothing on its own machine: the private networks of RFC 1918 and fc00::/7.</summary>
    public static ExitPolicy PrivateNetwork { get; } = Parse(
        "accept 10.0.0.0/8:*,accept 172.16.0.0/12:*,accept 192.168.0.0/16:*,accept [fc00::]/7:*,reject *:*");

    /// <summary>The policy of a kind of relay.</summary>
    public static ExitPolicy Of(ExitKind kind) => kind switch
    {
        ExitKind.Middleman => RejectAll,
        ExitKind.Restricted => Default,
        ExitKind.Reduced => Reduced,
        ExitKind.Open => AcceptAll,
        ExitKind.Private => PrivateNetwork,
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    /// <summary>The rules in order.</summary>
    public ImmutableArray<ExitPolicyRule> Rules { get; }

    /// <summary>Reads rules, with commas or newlines between, in the grammar of a torrc (<c>private</c>, <c>*4</c>, <c>*6</c>, <c>accept6</c> included).</summary>
    /// <exception cref="ProtocolException">A rule is malformed.</exception>
    public static ExitPolicy Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new ExitPolicy(text
            .Split([',', '\n'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(ExitPolicyRule.Parse));
    }

    /// <summary>True if the exit would connect to the address and port (1 to 65535).</summary>
    public bool Allows(IPAddress address, int port)
    {
        ArgumentNullException.ThrowIfNull(address);
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        foreach (var rule in Rules)
        {
            if (rule.Matches(plain, port))
            {
                return rule.IsAccept;
            }
        }

        return false;
    }

    /// <summary>
    /// The same policy without private addresses, except those that a rule opens by name: the refusals go in front of the first rule
    /// that opens more than private networks.
    /// </summary>
    public ExitPolicy WithoutPrivateNetworks()
    {
        var general = Rules.TakeWhile(rule => !rule.IsAccept || IsPrivate(rule)).Count();
        var refusals = PrivateNetworks.All.Select(network => new ExitPolicyRule(false, network, PortRange.All));
        return new ExitPolicy([.. Rules.Take(general), .. refusals, .. Rules.Skip(general)]);
    }

    /// <summary>The ports open to nearly every address of a family, in at most 1000 characters.</summary>
    public ExitPolicySummary Summarize(AddressFamily family = AddressFamily.InterNetwork) => ExitPolicySummarizer.Summarize(this, family);

    /// <summary>The lines that a server descriptor carries: IPv4 and common rules, at least one.</summary>
    public IReadOnlyList<string> DescriptorLines()
    {
        var lines = Rules.Where(r => r.Concerns(AddressFamily.InterNetwork)).Select(r => r.ToString()).ToList();
        return lines.Count > 0 ? lines : ["reject *:*"];
    }

    /// <summary>The rules with commas between.</summary>
    public override string ToString() => string.Join(',', Rules);

    private static ExitPolicy Accepting(string ports) => Parse(string.Concat(ports.Split(',').Select(port => $"accept *:{port},")) + "reject *:*");

    private static bool IsPrivate(ExitPolicyRule rule) => rule.Network is { } network
        && PrivateNetworks.All.Any(all => all.PrefixLength <= network.PrefixLength && all.Contains(network.BaseAddress));
}
