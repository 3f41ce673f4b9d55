using OnionHost.Cli.Settings;

namespace OnionHost.Cli.Services;

/// <summary>A port of the onion service, and the server behind it.</summary>
/// <param name="Port">What visitors ask for, 1 to 65535.</param>
/// <param name="Target">Who answers; null for the service's usual target.</param>
internal sealed record VirtualPort(int Port, ServiceTarget? Target)
{
    /// <summary>Reads <c>PORT</c> or <c>PORT=TARGET</c>.</summary>
    public static bool TryParse(string text, out VirtualPort port)
    {
        var parts = text.Split('=', 2);
        ServiceTarget? target = null;
        var isValid = Parsers.Port(parts[0], out var number) && number > 0 && (parts.Length == 1 || ServiceTarget.TryParse(parts[1], out target));
        port = new VirtualPort(number, target);
        return isValid;
    }
}
