namespace OnionHost.Protocol.Identities;

/// <summary>A circuit's number on one link: 4 bytes since link protocol 4, 2 before; 0 is the link itself (tor-spec 3).</summary>
/// <param name="Value">The number.</param>
public readonly record struct CircuitId(uint Value)
{
    /// <summary>The bit that the TLS initiator's numbers carry on links with 4-byte numbers (tor-spec 5.1.1).</summary>
    public const uint InitiatorBit = 0x8000_0000;

    /// <summary>No circuit: the cell concerns the link.</summary>
    public static CircuitId None => default;

    /// <inheritdoc/>
    public override string ToString() => Value.ToString("x8", System.Globalization.CultureInfo.InvariantCulture);
}
