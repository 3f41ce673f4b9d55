using System.Globalization;

namespace OnionHost.Protocol.Directory;

/// <summary>Ports from <paramref name="First"/> to <paramref name="Last"/>, both included; 1 to 65535.</summary>
/// <param name="First">The lowest port.</param>
/// <param name="Last">The highest port.</param>
public readonly record struct PortRange(ushort First, ushort Last)
{
    /// <summary>Every port.</summary>
    public static PortRange All { get; } = new(1, ushort.MaxValue);

    /// <summary>Reads <c>*</c>, <c>80</c> or <c>80-90</c>; false if it is none of them.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out PortRange range)
    {
        range = All;
        if (text is "*")
        {
            return true;
        }

        var dash = text.IndexOf('-');
        if (!TryPort(dash < 0 ? text : text[..dash], out var first) || !TryPort(dash < 0 ? text : text[(dash + 1)..], out var last))
        {
            return false;
        }

        range = new PortRange(first, last);
        return first <= last;
    }

    /// <summary>True if the port lies within.</summary>
    public bool Contains(int port) => port >= First && port <= Last;

    /// <summary><c>80</c> or <c>80-90</c>.</summary>
    public override string ToString() =>
        First == Last ? First.ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{First}-{Last}");

    private static bool TryPort(ReadOnlySpan<char> text, out ushort port) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port != 0;
}
