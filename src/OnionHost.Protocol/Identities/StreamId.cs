namespace OnionHost.Protocol.Identities;

/// <summary>A stream's number on one circuit, 2 bytes; 0 is the circuit itself (tor-spec 6.1).</summary>
/// <param name="Value">The number.</param>
public readonly record struct StreamId(ushort Value)
{
    /// <summary>No stream: the message concerns the circuit.</summary>
    public static StreamId None => default;

    /// <inheritdoc/>
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
