using System.Diagnostics;
using System.Text.Json;

namespace OnionHost.Benchmarks.AgainstTor.Own;

/// <summary>One process of OnionHost's side: this program, started again.</summary>
internal sealed class ServedProcess : IAsyncDisposable
{
    private readonly Process _process;

    private ServedProcess(Process process, ReadyLine ready)
    {
        _process = process;
        Ready = ready;
    }

    /// <summary>What it said when it was ready.</summary>
    public ReadyLine Ready { get; }

    /// <summary>Its process number.</summary>
    public int Id => _process.Id;

    /// <summary>Starts it and waits until it is ready.</summary>
    public static async Task<ServedProcess> StartAsync(IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        var process = Process.Start(start) ?? throw new InvalidOperationException("The process did not start.");
        var line = await process.StandardOutput.ReadLineAsync(cancellationToken)
            ?? throw new InvalidOperationException($"{arguments.First()} ended before it was ready.");
        return new ServedProcess(process, JsonSerializer.Deserialize<ReadyLine>(line)!);
    }

    /// <summary>Ends it, by ending its standard input.</summary>
    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
