namespace OnionHost.Protocol.Directory.Voting;

/// <summary>The median that the consensus takes: of an even number of values the lower of the two in the middle (dir-spec 3.8).</summary>
public static class LowMedian
{
    /// <summary>The low median of at least one value.</summary>
    /// <exception cref="ArgumentException">There is no value.</exception>
    public static T Of<T>(IEnumerable<T> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count > 0 ? sorted[(sorted.Count - 1) / 2] : throw new ArgumentException("A median needs a value.", nameof(values));
    }
}
