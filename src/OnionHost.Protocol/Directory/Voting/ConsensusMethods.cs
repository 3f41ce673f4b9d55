namespace OnionHost.Protocol.Directory.Voting;

/// <summary>The ways to compute a consensus that this code knows (dir-spec 3.8.1).</summary>
public static class ConsensusMethods
{
    /// <summary>The lowest known method.</summary>
    public const int Lowest = 32;

    /// <summary>The highest known method.</summary>
    public const int Highest = 35;

    /// <summary>From this method on the microdescriptor flavour carries a fixed <c>published</c>.</summary>
    public const int FixedPublished = 33;

    /// <summary>All known methods, ascending.</summary>
    public static IReadOnlyList<int> Known { get; } = [32, 33, 34, 35];

    /// <summary>
    /// The method of a consensus: the highest that more than two thirds of the votes list; the lowest known one if that is not known here.
    /// </summary>
    /// <param name="votes">The methods that each vote lists.</param>
    public static int Choose(IReadOnlyCollection<IReadOnlyCollection<int>> votes)
    {
        ArgumentNullException.ThrowIfNull(votes);
        var needed = votes.Count * 2 / 3;
        return Known.Where(method => votes.Count(v => v.Contains(method)) > needed).DefaultIfEmpty(Lowest).Max();
    }
}
