namespace OnionHost.InteropTests;

/// <summary>A circuit of a stock node.</summary>
/// <param name="Id">Its number at the control port.</param>
/// <param name="State">Such as <c>BUILT</c>.</param>
/// <param name="Path">Nicknames of its relays, the guard first.</param>
/// <param name="Details">Key=value pairs: PURPOSE, HS_STATE, REND_QUERY and so on.</param>
internal sealed record StockCircuit(string Id, string State, IReadOnlyList<string> Path, string Details)
{
    public bool Is(string purpose, string? state = null) =>
        Details.Contains($"PURPOSE={purpose}", StringComparison.Ordinal) && (state is null || Details.Contains($"HS_STATE={state}", StringComparison.Ordinal));

    /// <summary>Reads a line of GETINFO circuit-status, or a CIRC event without its first word.</summary>
    public static StockCircuit Parse(string line)
    {
        var words = line.Split(' ', 4);
        var hasPath = words.Length > 2 && words[2].StartsWith('$');
        var path = hasPath ? words[2].Split(',').Select(hop => hop[(hop.IndexOfAny(['~', '=']) + 1)..]).ToArray() : [];
        return new StockCircuit(words[0], words[1], path, string.Join(' ', words[(hasPath ? 3 : 2)..]));
    }
}
