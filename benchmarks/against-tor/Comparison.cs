using System.Globalization;
using System.Text.Json;
using OnionHost.Benchmarks.AgainstTor.Own;
using OnionHost.Benchmarks.AgainstTor.Stock;
using Spectre.Console;

namespace OnionHost.Benchmarks.AgainstTor;

/// <summary>Runs the workload on both networks in turn, so that a noisy machine is noisy to both, and prints what came out.</summary>
internal static class Comparison
{
    /// <summary>Both networks, the workload, the table.</summary>
    /// <returns>The process's exit code.</returns>
    public static async Task<int> RunAsync(string kit, Workload workload, bool isJson, CancellationToken cancellationToken)
    {
        if (!File.Exists(kit))
        {
            await Console.Error.WriteLineAsync($"There is no network kit at {kit}: name it with --kit. Stock tor is needed, too.");
            return 2;
        }

        await using var stock = await StockNetwork.StartAsync(kit, cancellationToken);
        await using var own = await OwnNetwork.StartAsync(stock.Http, cancellationToken);
        Measurer[] measurers = [new(stock, workload), new(own, workload)];
        var figures = measurers.ToDictionary(measurer => measurer, _ => new List<Figure>());
        for (var round = 0; round < workload.Rounds; round++)
        {
            foreach (var work in Works(workload, cancellationToken))
            {
                foreach (var measurer in measurers)
                {
                    figures[measurer].AddRange(await work(measurer));
                }
            }

            await Console.Error.WriteLineAsync($"round {round + 1} of {workload.Rounds} done");
        }

        Print(stock, Medians(figures[measurers[0]]), own, Medians(figures[measurers[1]]), isJson);
        return 0;
    }

    private static IEnumerable<Func<Measurer, Task<IEnumerable<Figure>>>> Works(Workload workload, CancellationToken cancellationToken)
    {
        foreach (var download in workload.Downloads)
        {
            yield return measurer => measurer.DownloadAsync(download, cancellationToken);
        }

        yield return measurer => measurer.FirstByteAsync(false, cancellationToken);
        yield return measurer => measurer.FirstByteAsync(true, cancellationToken);
        yield return measurer => Task.FromResult(measurer.Memory());
    }

    private static List<Figure> Medians(List<Figure> figures) =>
        [.. figures.GroupBy(figure => figure.Name).Select(same => same.First() with { Value = Measurer.Median([.. same.Select(figure => figure.Value)]) })];

    private static void Print(INetworkUnderTest stock, List<Figure> before, INetworkUnderTest own, List<Figure> after, bool isJson)
    {
        var table = new Table().AddColumns("work", "unit", stock.Name, own.Name, "OnionHost is");
        foreach (var (theirs, ours) in before.Join(after, figure => figure.Name, figure => figure.Name, (theirs, ours) => (theirs, ours)))
        {
            // Above 1 is better for OnionHost, whatever is measured; a difference of nothing has no ratio.
            var ratio = ours.IsBetterHigh ? ours.Value / theirs.Value : theirs.Value / ours.Value;
            if (isJson)
            {
                Console.WriteLine(JsonSerializer.Serialize(new { work = ours.Name, unit = ours.Unit, stock = theirs.Value, own = ours.Value, ratio = double.IsFinite(ratio) ? ratio : (double?)null }));
            }

            table.AddRow(ours.Name, ours.Unit, Text(theirs.Value), Text(ours.Value), double.IsFinite(ratio) ? $"{Text(ratio)} times as good" : "-");
        }

        if (!isJson)
        {
            AnsiConsole.Write(table);
        }
    }

    private static string Text(double value) => value.ToString(value < 10 ? "0.00" : "0.0", CultureInfo.InvariantCulture);
}
