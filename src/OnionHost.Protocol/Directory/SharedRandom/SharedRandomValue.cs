using System.Globalization;
using OnionHost.Protocol.Identities;

namespace OnionHost.Protocol.Directory.SharedRandom;

/// <summary>A shared random value as votes and consensuses carry it (srv-spec 4).</summary>
/// <param name="Reveals">How many authorities' reveals went into it.</param>
/// <param name="Value">The value, 32 bytes.</param>
public readonly record struct SharedRandomValue(int Reveals, Digest256 Value)
{
    /// <summary>Reads the two arguments: the number of reveals and the value in base64.</summary>
    /// <exception cref="ProtocolException">They are not that.</exception>
    public static SharedRandomValue Parse(IReadOnlyList<string> arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        return arguments.Count >= 2
            && int.TryParse(arguments[0], NumberStyles.None, CultureInfo.InvariantCulture, out var reveals)
            && Digest256.TryParse(arguments[1], out var value)
            ? new SharedRandomValue(reveals, value)
            : throw new ProtocolException("A shared random value takes a number and base64 of 32 bytes.");
    }

    /// <summary>The two arguments: the number of reveals and the value in base64 with padding.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Reveals} {Convert.ToBase64String(Value.Span)}");
}
