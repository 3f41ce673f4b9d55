namespace OnionHost.Network.Paths;

/// <summary>Where a stream shall go, and with whom it may share a circuit.</summary>
/// <param name="Host">A host name, or an IP literal without brackets.</param>
/// <param name="Port">A TCP port, 1 to 65535.</param>
/// <param name="Isolation">Who may share the circuit.</param>
internal readonly record struct StreamTarget(string Host, int Port, IsolationKey Isolation)
{
    /// <summary>Only the port: destinations are nobody's business.</summary>
    public override string ToString() => $"[scrubbed]:{Port}";
}
