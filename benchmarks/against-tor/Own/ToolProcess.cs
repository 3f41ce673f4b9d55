using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace OnionHost.Benchmarks.AgainstTor.Own;

/// <summary>A process of the tool <c>onionhost</c>, as an operator runs it.</summary>
internal sealed class ToolProcess : IAsyncDisposable
{
    private readonly Process _process;
    private Task _rest = Task.CompletedTask;

    private ToolProcess(Process process) => _process = process;

    /// <summary>What it told when it was ready.</summary>
    public JsonElement Ready { get; private set; }

    /// <summary>Its process number.</summary>
    public int Id => _process.Id;

    /// <summary>Starts it and waits for an event.</summary>
    /// <exception cref="InvalidOperationException">It ended before that.</exception>
    public static async Task<ToolProcess> StartAsync(string awaited, string[] arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("dotnet", [Tool(), .. arguments, "--json"]) { RedirectStandardOutput = true };
        var tool = new ToolProcess(Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start."));
        try
        {
            tool.Ready = await tool.WaitAsync(awaited, cancellationToken)
                ?? throw new InvalidOperationException($"'onionhost {string.Join(' ', arguments)}' ended before it was ready.");
        }
        catch
        {
            await tool.DisposeAsync();
            throw;
        }

        // It goes on telling of what happens, and would stop at a full pipe.
        tool._rest = tool._process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
        return tool;
    }

    /// <summary>Asks it to end, and waits.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            using var signal = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
            await _process.WaitForExitAsync();
        }

        await _rest;

        _process.Dispose();
    }

    private async Task<JsonElement?> WaitAsync(string awaited, CancellationToken cancellationToken)
    {
        while (await _process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
        {
            using var told = JsonDocument.Parse(line);
            if (told.RootElement.GetProperty("event").GetString() == awaited)
            {
                return told.RootElement.Clone();
            }
        }

        return null;
    }

    /// <summary>The tool as it was built with this program: in the same configuration.</summary>
    private static string Tool()
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        var root = output;
        while (!File.Exists(Path.Combine(root.FullName, "OnionHost.sln")))
        {
            root = root.Parent ?? throw new InvalidOperationException("This program runs from a checkout: it starts the tool that was built there.");
        }

        return Path.Combine(root.FullName, "src", "OnionHost.Cli", "bin", output.Parent!.Name, output.Name, "OnionHost.Cli.dll");
    }
}
