using OnionHost.Protocol.Directory.Voting;

namespace OnionHost.Network.Directory.Versions;

/// <summary>
/// What a consensus's <c>client-versions</c> or <c>server-versions</c> say to this software (dir-spec 3.4.1, version-spec). The lists
/// are stock Tor's, whose versions have four numbers; OnionHost's have three, or bear its name, as in <c>OnionHost-0.2.0</c>.
/// </summary>
/// <param name="Standing">The verdict.</param>
/// <param name="Recommended">The versions of this software that are recommended, the oldest first.</param>
internal sealed record VersionAdvice(VersionStanding Standing, IReadOnlyList<string> Recommended)
{
    private const string Prefix = SoftwareVersion.Name + "-";
    private const int Numbers = 3;
    private const int Most = 100;

    /// <summary>True if the operator should do something.</summary>
    public bool IsBad => Standing is VersionStanding.TooOld or VersionStanding.NotRecommended;

    /// <summary>The versions, in words.</summary>
    public string List => string.Join(", ", Recommended);

    /// <summary>Judges a version by a list.</summary>
    /// <param name="list">Versions with commas between, as in a consensus.</param>
    /// <param name="version">This software's version, without its name.</param>
    public static VersionAdvice Of(string list, string version)
    {
        var order = TorVersionOrder.Instance;
        var own = list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(Own).OfType<string>().Take(Most).Distinct().Order(order).ToList();
        if (own.Count == 0)
        {
            return new VersionAdvice(VersionStanding.NoOpinion, own);
        }

        var standing = own.Contains(version) ? VersionStanding.Recommended
            : order.Compare(version, own[0]) < 0 ? VersionStanding.TooOld
            : order.Compare(version, own[^1]) > 0 ? VersionStanding.Newer : VersionStanding.NotRecommended;
        return new VersionAdvice(standing, own);
    }

    /// <summary>True for what a list of recommended versions may hold: a version of stock Tor, or one of OnionHost.</summary>
    public static bool IsVersion(string item) => Own(item) is not null || IsNumbered(item, Numbers + 1);

    private static string? Own(string item)
    {
        var version = item.StartsWith(Prefix, StringComparison.Ordinal) ? item[Prefix.Length..] : item;
        return IsNumbered(version, Numbers) ? version : null;
    }

    private static bool IsNumbered(string version, int count)
    {
        var tag = version.IndexOf('-', StringComparison.Ordinal);
        var numbers = (tag < 0 ? version : version[..tag]).Split('.');
        return numbers.Length == count
            && Array.TrueForAll(numbers, number => number.Length is > 0 and < 8 && number.All(char.IsAsciiDigit))
            && version.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-');
    }
}
