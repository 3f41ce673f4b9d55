namespace OnionHost.Network.Paths;

/// <summary>Streams with different keys never share a circuit (PROTOCOL 8: SOCKS authentication and client address).</summary>
/// <param name="Value">Compared byte for byte; it may hold a user's secret, so it is never logged.</param>
internal readonly record struct IsolationKey(string Value)
{
    /// <summary>The key of whoever asks for no isolation.</summary>
    public static IsolationKey None => new(string.Empty);

    /// <summary>Nothing of the value.</summary>
    public override string ToString() => "[isolation]";
}
