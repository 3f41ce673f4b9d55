namespace OnionHost.Protocol.Directory.Voting;

/// <summary>Picks what most votes say; of those that are said equally often, the last in a given order (dir-spec 3.8).</summary>
internal static class MostFrequent
{
    /// <summary>The winner; <c>default</c> if there is no value.</summary>
    public static T? Of<T>(IEnumerable<T> values, IComparer<T> order) =>
        values.GroupBy(v => v).OrderBy(g => g.Count()).ThenBy(g => g.Key, order).Select(g => g.Key).LastOrDefault();

    /// <summary>The values that more than <paramref name="needed"/> votes give.</summary>
    public static IEnumerable<T> Above<T>(IEnumerable<T> values, int needed) =>
        values.GroupBy(v => v).Where(g => g.Count() > needed).Select(g => g.Key);
}
