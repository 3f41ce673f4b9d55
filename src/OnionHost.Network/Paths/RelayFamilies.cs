using OnionHost.Network.Directory;

namespace OnionHost.Network.Paths;

/// <summary>Whether two relays say that one operator runs them: each names the other, or a family key certified both (path-spec 2.2).</summary>
internal static class RelayFamilies
{
    /// <summary>True if they do.</summary>
    public static bool AreOne(RelayNode one, RelayNode other) =>
        (Names(one, other) && Names(other, one)) || one.Micro.FamilyIds.Any(id => other.Micro.FamilyIds.Contains(id));

    private static bool Names(RelayNode one, RelayNode other)
    {
        foreach (var member in one.Micro.Family)
        {
            var named = member.StartsWith('$')
                ? member.AsSpan(1).StartsWith(other.Fingerprint.ToString(), StringComparison.OrdinalIgnoreCase)
                : member.Equals(other.Status.Nickname.ToString(), StringComparison.OrdinalIgnoreCase);
            if (named)
            {
                return true;
            }
        }

        return false;
    }
}
