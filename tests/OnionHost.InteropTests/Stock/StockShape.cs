namespace OnionHost.InteropTests;

/// <summary>How many nodes of each kind a stock network has, and what else the kit is told.</summary>
public sealed record StockShape
{
    public int Authorities { get; init; } = 3;

    public int Relays { get; init; } = 5;

    public int Exits { get; init; } = 2;

    public int Clients { get; init; } = 1;

    public int Services { get; init; } = 1;

    /// <summary>Further arguments of <c>tornet init</c>.</summary>
    public IReadOnlyList<string> More { get; init; } = [];

    /// <summary>The nicknames that the kit gives.</summary>
    public IEnumerable<string> Nicknames =>
        Names("auth", Authorities).Concat(Names("relay", Relays)).Concat(Names("exit", Exits)).Concat(Names("service", Services)).Concat(Names("client", Clients));

    /// <summary>The arguments of <c>tornet init</c> after the folder. Every node also writes what it logs at info.</summary>
    public IEnumerable<string> Arguments(string folder) =>
    [
        "--authorities", $"{Authorities}", "--relays", $"{Relays}", "--exits", $"{Exits}", "--clients", $"{Clients}", "--services", $"{Services}",
        .. Nicknames.SelectMany(name => new[] { "--set", $"{name}:Log info file {Path.Combine(folder, "nodes", name, StockNode.InfoLogName)}" }),
        "--set", "LogMessageDomains 1",
        .. More,
    ];

    private static IEnumerable<string> Names(string kind, int count) => Enumerable.Range(1, count).Select(i => $"{kind}{i}");
}
