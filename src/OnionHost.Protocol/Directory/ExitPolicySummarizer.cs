using System.Net.Sockets;

namespace OnionHost.Protocol.Directory;

/// <summary>
/// Finds the ports that a policy opens for nearly every address (dir-spec 3.8.2). An accepting rule counts only if
/// it is for all addresses; refusals of private networks do not count; refusals of other networks close a port once
/// they add up to more than two /8 (IPv4) or one /16 (IPv6).
/// </summary>
internal static class ExitPolicySummarizer
{
    private static readonly UInt128 CutoffIPv4 = UInt128.One << 25;
    private static readonly UInt128 CutoffIPv6 = UInt128.One << 112;

    public static ExitPolicySummary Summarize(ExitPolicy policy, AddressFamily family)
    {
        var rules = policy.Rules.Where(r => r.Concerns(family)).ToList();
        var starts = rules.SelectMany(r => new[] { (int)r.Ports.First, r.Ports.Last + 1 }).Append(1)
            .Where(p => p <= ushort.MaxValue).Distinct().Order().ToArray();
        var open = starts.Select(port => IsOpen(rules, port, family)).ToArray();
        return Shorter(Runs(starts, open, true), Runs(starts, open, false));
    }

    private static bool IsOpen(List<ExitPolicyRule> rules, int port, AddressFamily family)
    {
        var (bits, cutoff) = family == AddressFamily.InterNetwork ? (32, CutoffIPv4) : (128, CutoffIPv6);
        var refused = UInt128.Zero;
        foreach (var rule in rules)
        {
            if (!rule.Ports.Contains(port))
            {
                continue;
            }

            var length = rule.Network?.PrefixLength ?? 0;
            if (rule.IsAccept)
            {
                if (length == 0)
                {
                    return true;
                }
            }
            else if (rule.Network is not { } network || !PrivateNetworks.All.Contains(network))
            {
                refused += length == 0 ? cutoff + 1 : UInt128.One << (bits - length);
            }

            if (refused > cutoff)
            {
                return false;
            }
        }

        return false;
    }

    private static List<PortRange> Runs(int[] starts, bool[] open, bool wanted)
    {
        var runs = new List<PortRange>();
        for (var i = 0; i < starts.Length; i++)
        {
            if (open[i] != wanted)
            {
                continue;
            }

            var first = starts[i];
            while (i + 1 < starts.Length && open[i + 1] == wanted)
            {
                i++;
            }

            runs.Add(new PortRange((ushort)first, (ushort)(i + 1 < starts.Length ? starts[i + 1] - 1 : ushort.MaxValue)));
        }

        return runs;
    }

    private static ExitPolicySummary Shorter(List<PortRange> accepts, List<PortRange> rejects)
    {
        if (accepts.Count == 0 || rejects.Count == 0)
        {
            return accepts.Count == 0 ? ExitPolicySummary.RejectAll : ExitPolicySummary.AcceptAll;
        }

        var (accept, reject) = ("accept " + string.Join(',', accepts), "reject " + string.Join(',', rejects));
        if (accept.Length > ExitPolicySummary.MaximumLength && reject.Length > ExitPolicySummary.MaximumLength)
        {
            accept = accept[..accept.LastIndexOf(',', ExitPolicySummary.MaximumLength)];
            return ExitPolicySummary.Parse(accept);
        }

        return ExitPolicySummary.Parse(reject.Length < accept.Length ? reject : accept);
    }
}
