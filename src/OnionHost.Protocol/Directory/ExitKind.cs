namespace OnionHost.Protocol.Directory;

/// <summary>The kinds of relay by where they connect to (the paper, 6.2); <see cref="ExitPolicy.Of"/> gives the rules.</summary>
public enum ExitKind
{
    /// <summary>Nowhere: passes traffic on to other relays only.</summary>
    Middleman,

    /// <summary>Everywhere except private networks and the ports of mail servers, file sharing and Windows' own services.</summary>
    Restricted,

    /// <summary>Only to the ports of services that people use.</summary>
    Reduced,

    /// <summary>To every public address and port.</summary>
    Open,

    /// <summary>Only into the private networks around it. Summaries do not show it: clients must know it.</summary>
    Private,
}
