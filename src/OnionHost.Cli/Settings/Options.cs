namespace OnionHost.Cli.Settings;

/// <summary>The options that several commands share, always with the same name and meaning.</summary>
internal static class Options
{
    private const string PortTakes = "a port from 0 to 65535; 0 takes a free one";

    /// <summary>Which network.</summary>
    public static ToolOption Network { get; } = new("--network", "FILE", "The network: a file with DirAuthority lines or a network.json, or 'tor' for the public network")
    {
        Takes = "a file with DirAuthority lines (torrc) or a network.json, or 'tor' for the public network",
    };

    /// <summary>Where keys and state are kept.</summary>
    public static ToolOption Data { get; } = new("--data", "DIR", "Where keys and state are kept (default: a folder for each role in the user's data, such as ~/.local/share/onionhost/client)") { Takes = "a directory that this user may write to" };

    /// <summary>Output for programs.</summary>
    public static ToolOption Json { get; } = new("--json", string.Empty, "One JSON object a line instead of text");

    /// <summary>How much is logged.</summary>
    public static ToolOption LogLevel { get; } = new("--log-level", "LEVEL", "What is logged on standard error: none, error, warning (default), information, debug")
    {
        Takes = "none, error, warning, information or debug",
    };

    /// <summary>A JSON file with options.</summary>
    public static ToolOption Config { get; } = new("--config", "FILE", "A JSON file with options; the environment (ONIONHOST_OR_PORT=…) and the command line go before it")
    {
        Takes = "a JSON file",
    };

    /// <summary>How long to wait for the network at the start.</summary>
    public static ToolOption Wait { get; } = new("--wait", "TIME", "How long the authorities may be unreachable at the start before it gives up (default 60s; 0 waits for ever)")
    {
        Takes = "a time such as 90s or 5m; 0 waits for ever",
    };

    /// <summary>A relay's name.</summary>
    public static ToolOption Nickname { get; } = new("--nickname", "NAME", "Its name in the directory (default: unnamed)") { Takes = "1 to 19 letters and digits" };

    /// <summary>A relay's port.</summary>
    public static ToolOption OrPort { get; } = new("--or-port", "PORT", "The port for links of other relays and clients (default: 9001 for a relay, a free one for an authority)") { Takes = PortTakes };

    /// <summary>A directory's port.</summary>
    public static ToolOption DirPort { get; } = new("--dir-port", "PORT", "The port for directory requests over HTTP (default: none for a relay, a free one for an authority)") { Takes = PortTakes };

    /// <summary>The advertised address.</summary>
    public static ToolOption Address { get; } = new("--address", "IP", "The address that others reach it at; 127.0.0.1 in a network on this machine") { Takes = "an IP address" };

    /// <summary>The address to listen on.</summary>
    public static ToolOption Listen { get; } = new("--listen", "IP", "The address to listen on, if it is not the one that others use") { Takes = "an IP address of this machine" };

    /// <summary>How to reach the operator.</summary>
    public static ToolOption Contact { get; } = new("--contact", "TEXT", "How to reach whoever runs it; everybody can read it") { Takes = "one line of text" };

    /// <summary>A SOCKS port.</summary>
    public static ToolOption Socks { get; } = new("--socks", "HOST:PORT", "The SOCKS port on this machine (default: 9050 for a client, a free one for a network)") { Takes = "HOST:PORT or PORT on this machine; port 0 takes a free one" };

    /// <summary>What an exit connects to.</summary>
    public static ToolOption ExitPolicy { get; } = new("--exit-policy", "RULES", "What it connects to for clients: 'accept *:80,reject *:*', or middleman (default), restricted, reduced, open, private")
    {
        Takes = "rules such as \"accept *:80,accept *:443,reject *:*\", or one of middleman, restricted, reduced, open, private",
    };

    /// <summary>Average bandwidth.</summary>
    public static ToolOption BandwidthRate { get; } = new("--bandwidth-rate", "SIZE", "Bytes a second that it takes on average, such as 5MB") { Takes = "bytes a second, such as 5MB, at least 75KB" };

    /// <summary>Peak bandwidth.</summary>
    public static ToolOption BandwidthBurst { get; } = new("--bandwidth-burst", "SIZE", "Bytes that it takes at once after a pause, such as 10MB") { Takes = "bytes, such as 10MB, not less than --bandwidth-rate" };

    /// <summary>How often authorities agree.</summary>
    public static ToolOption VotingInterval { get; } = new("--voting-interval", "TIME", "How often the authorities agree: the same at all of them (default: what network.json says, or 5m in a private network, or 1h)")
    {
        Takes = "a time from 10s to 24h",
    };

    /// <summary>Where an onion service's keys are.</summary>
    public static ToolOption Keys { get; } = new("--keys", "DIR", "The service's own directory, as C tor's HiddenServiceDir (default: service in --data)") { Takes = "a directory" };

    /// <summary>What every command takes.</summary>
    public static IReadOnlyList<ToolOption> Everywhere { get; } = [Json, LogLevel, Config];
}
