using System.Net;
using OnionHost.Cli.Settings;
using OnionHost.Protocol.Identities;

namespace OnionHost.Cli.Nodes;

/// <summary>What the options say of an authority's name and ports; null leaves it as it was, or to be chosen.</summary>
internal sealed record AuthorityWish(Nickname? Nickname, IPAddress? Address, int? OrPort, int? DirPort)
{
    /// <summary>Reads the options.</summary>
    public static AuthorityWish Read(ToolSettings settings) => new(
        settings.Text(Options.Nickname) is null ? null : RelaySettings.ReadNickname(settings, "authority"),
        settings.Text(Options.Address) is null ? null : settings.Read(Options.Address, IPAddress.Loopback, Parsers.Address),
        settings.Text(Options.OrPort) is null ? null : settings.Read(Options.OrPort, 0, Parsers.Port),
        settings.Text(Options.DirPort) is null ? null : settings.Read(Options.DirPort, 0, Parsers.Port));
}
