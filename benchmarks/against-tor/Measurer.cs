using System.Diagnostics;

namespace OnionHost.Benchmarks.AgainstTor;

/// <summary>Does the workload on one network.</summary>
internal sealed class Measurer(INetworkUnderTest network, Workload workload)
{
    private int _isolation;

    /// <summary>Downloads in parallel, each stream on a circuit of its own that exists before the clock starts.</summary>
    public async Task<IEnumerable<Figure>> DownloadAsync(Download download, CancellationToken cancellationToken)
    {
        var connections = await Task.WhenAll(Enumerable.Range(0, download.Streams).Select(_ => WarmAsync(download.IsOnion, cancellationToken)));
        try
        {
            var share = workload.Bytes / download.Streams;
            var before = Cpu();
            var begun = Stopwatch.GetTimestamp();
            await Task.WhenAll(connections.Select(connection => connection.GetAsync($"/bytes/{share}", share, cancellationToken)));
            var seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
            var after = Cpu();
            var gigabytes = share * download.Streams / 1e9;
            var name = $"{download.Kind}, {download.Streams} stream{(download.Streams == 1 ? string.Empty : "s")}";
            return after.Select(part => new Figure($"{name}: CPU of the {part.Key}", "s/GB", (part.Value - before[part.Key]) / gigabytes, IsBetterHigh: false))
                .Prepend(new Figure($"{name}: CPU of all", "s/GB", (after.Values.Sum() - before.Values.Sum()) / gigabytes, IsBetterHigh: false))
                .Prepend(new Figure(name, "MB/s", gigabytes * 1000 / seconds, IsBetterHigh: true));
        }
        finally
        {
            foreach (var connection in connections)
            {
                connection.Dispose();
            }
        }
    }

    /// <summary>Times the first byte: on an open circuit, and where neither a circuit of one's own nor an onion descriptor is at hand.</summary>
    public async Task<IEnumerable<Figure>> FirstByteAsync(bool isOnion, CancellationToken cancellationToken)
    {
        var kind = isOnion ? "onion" : "exit";
        List<double> warm = [], cold = [];
        using var open = await WarmAsync(isOnion, cancellationToken);
        for (var i = 0; i < workload.Requests; i++)
        {
            warm.Add((await open.GetAsync("/bytes/1", 1, cancellationToken)).TotalMilliseconds);
        }

        for (var i = 0; i < workload.Requests; i++)
        {
            if (isOnion)
            {
                await network.ForgetAsync(cancellationToken);
            }

            var begun = Stopwatch.GetTimestamp();
            using var fresh = await WarmAsync(isOnion, cancellationToken);
            cold.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
        }

        return
        [
            new Figure($"{kind}: first byte, warm", "ms", Median(warm), IsBetterHigh: false),
            new Figure($"{kind}: first byte, cold", "ms", Median(cold), IsBetterHigh: false),
        ];
    }

    /// <summary>Resident memory of every part.</summary>
    public IEnumerable<Figure> Memory() => network.Processes.Select(
        part => new Figure($"memory of the {part.Key}", "MB", ProcessUsage.ResidentMegabytes(part.Value), IsBetterHigh: false));

    /// <summary>The middle one.</summary>
    internal static double Median(IReadOnlyCollection<double> values) => values.Order().ElementAt(values.Count / 2);

    private async Task<SocksHttp> WarmAsync(bool isOnion, CancellationToken cancellationToken)
    {
        var (host, port) = isOnion ? (network.OnionHost, 80) : (network.Http.Address.ToString(), network.Http.Port);
        var connection = await SocksHttp.ConnectAsync(network.Socks, host, port, $"{Environment.ProcessId}-{++_isolation}", cancellationToken);
        await connection.GetAsync("/bytes/1", 1, cancellationToken);
        return connection;
    }

    private Dictionary<string, double> Cpu() => network.Processes.ToDictionary(part => part.Key, part => ProcessUsage.CpuSeconds(part.Value));
}
