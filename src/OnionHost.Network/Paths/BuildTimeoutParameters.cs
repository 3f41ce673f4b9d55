using OnionHost.Protocol.Directory.Consensuses;

namespace OnionHost.Network.Paths;

/// <summary>The numbers of path-spec 2.4; the consensus may set them.</summary>
internal sealed record BuildTimeoutParameters
{
    /// <summary>
    /// Below this the noise of our own machine would be taken for the network's: a timeout is there to leave slow paths, not to
    /// build everything twice. The consensus can only raise it.
    /// </summary>
    public static readonly TimeSpan Least = TimeSpan.FromSeconds(5);

    /// <summary>False: every circuit gets <see cref="Initial"/>.</summary>
    public required bool IsAdaptive { get; init; }

    /// <summary>From how many of the most frequent build times the smallest likely one is estimated.</summary>
    public required int Modes { get; init; }

    /// <summary>How many of the latest circuits are looked at for a change of the network.</summary>
    public required int RecentCircuits { get; init; }

    /// <summary>So many timeouts among them mean that what was learned holds no more.</summary>
    public required int MaxRecentTimeouts { get; init; }

    /// <summary>How many build times must be known before a timeout is computed.</summary>
    public required int MinCircuits { get; init; }

    /// <summary>The share of circuits that shall be in time, from 0 to 1.</summary>
    public required double Quantile { get; init; }

    /// <summary>The share of circuits whose build time shall still be learned, from 0 to 1.</summary>
    public required double CloseQuantile { get; init; }

    /// <summary>No timeout is shorter.</summary>
    public required TimeSpan Minimum { get; init; }

    /// <summary>
    /// The timeout while too little is known. Half of stock's, as a hop that swallows cells would else hold up a start for a minute;
    /// a network that needs more says so.
    /// </summary>
    public required TimeSpan Initial { get; init; }

    /// <summary>What a consensus says.</summary>
    public static BuildTimeoutParameters From(NetworkParameters parameters)
    {
        var minimum = Milliseconds(parameters, "cbtmintimeout", 10, Least);
        var recent = parameters.GetInt("cbtrecentcount", 20, 3, 1000);
        var quantile = parameters.GetInt("cbtquantile", 80, 10, 99);
        return new BuildTimeoutParameters
        {
            IsAdaptive = parameters.GetInt("cbtdisabled", 0, 0, 1) == 0,
            Modes = parameters.GetInt("cbtnummodes", 10, 1, 20),
            RecentCircuits = recent,
            MaxRecentTimeouts = parameters.GetInt("cbtmaxtimeouts", recent * 9 / 10, 3, 10000),
            MinCircuits = parameters.GetInt("cbtmincircs", 100, 1, 10000),
            Quantile = quantile / 100.0,
            CloseQuantile = parameters.GetInt("cbtclosequantile", 99, quantile, 99) / 100.0,
            Minimum = minimum,
            Initial = Milliseconds(parameters, "cbtinitialtimeout", 30_000, minimum),
        };
    }

    private static TimeSpan Milliseconds(NetworkParameters parameters, string name, int defaultValue, TimeSpan least)
    {
        var value = TimeSpan.FromMilliseconds(parameters.GetInt(name, defaultValue, 10, (int)TimeSpan.FromMinutes(10).TotalMilliseconds));
        return value > least ? value : least;
    }
}
