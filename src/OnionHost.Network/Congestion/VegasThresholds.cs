namespace OnionHost.Network.Congestion;

/// <summary>How many cells Vegas wants to see queued on the way (proposal 324, section 6.5), which depends on the path's length.</summary>
/// <param name="Alpha">Below it the window grows.</param>
/// <param name="Beta">Above it the window shrinks.</param>
/// <param name="Gamma">Above it slow start ends.</param>
/// <param name="Delta">The window is cut down to it.</param>
/// <param name="SlowStartCap">Where limited slow start (RFC 3742) begins.</param>
internal sealed record VegasThresholds(int Alpha, int Beta, int Gamma, int Delta, int SlowStartCap);
