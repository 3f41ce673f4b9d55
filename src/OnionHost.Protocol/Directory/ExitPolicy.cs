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

    /// <summary>The same policy after a refusal of all private addresses.</summary>
    public ExitPolicy WithoutPrivateNetworks() =>
        new(PrivateNetworks.All.Select(n => new ExitPolicyRule(false, n, PortRange.All)).Concat(Rules));

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
}
