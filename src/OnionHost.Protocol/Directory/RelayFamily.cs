using System.Collections.Immutable;
using OnionHost.Protocol.Identities;

namespace OnionHost.Protocol.Directory;

/// <summary>The canonical form of <c>family</c> lines in microdescriptors (proposal 298).</summary>
internal static class RelayFamily
{
    /// <summary>
    /// The members with the relay itself: fingerprints in upper case without nickname, nicknames in lower case, everything else
    /// as it is; sorted by bytes, each once. Empty if none was declared.
    /// </summary>
    public static ImmutableArray<string> Canonicalize(ImmutableArray<string> declared, in RelayFingerprint own) =>
        declared.IsEmpty
            ? []
            : [.. declared.Select(Canonical).Append("$" + own).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private static string Canonical(string member)
    {
        if (Nickname.TryParse(member, out _))
        {
            return member.ToLowerInvariant();
        }

        var hex = member.AsSpan(member.StartsWith('$') ? 1 : 0);
        if (hex.Length < 40 || !RelayFingerprint.TryParse(hex[..40], out var fingerprint))
        {
            return member;
        }

        var rest = hex[40..];
        return rest.IsEmpty || (rest[0] is '=' or '~' && Nickname.TryParse(rest[1..], out _)) ? "$" + fingerprint : member;
    }
}
