namespace OnionHost.Network.Socks;

/// <summary>Bounds of a SOCKS port.</summary>
internal sealed record SocksOptions
{
    /// <summary>Clients at a time; more are closed at once.</summary>
    public int MaxClients { get; init; } = 1000;

    /// <summary>How long a client may take to say what it wants.</summary>
    public TimeSpan NegotiationTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a connection or a resolution may take.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long what is left may flow to the client after the far end has closed.</summary>
    public TimeSpan LingerTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long a client that will send nothing more still waits for an answer that does not come. Tor closes streams in both
    /// directions at once, so until then the far end is not told.
    /// </summary>
    public TimeSpan HalfCloseTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>True to listen on an address that other machines reach: whoever gets there then uses this client as a proxy.</summary>
    public bool AllowOtherMachines { get; init; }
}
