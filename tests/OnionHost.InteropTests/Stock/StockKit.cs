using System.Diagnostics;

namespace OnionHost.InteropTests;

/// <summary>The kit <c>tornet</c>: where it is, what it lacks, and how it is run.</summary>
internal static class StockKit
{
    /// <summary>What to install before stock daemons can run; null if nothing.</summary>
    public static string? WhatIsMissing()
    {
        if (Find() is null)
        {
            return "The network kit is not here. Set ONIONHOST_TORNET to the file 'tornet'.";
        }

        var folders = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator);
        return folders.Any(f => File.Exists(Path.Combine(f, "tor")))
            ? null
            : "tor is not installed. On Debian or Ubuntu: sudo apt-get install tor python3.";
    }

    /// <summary>Runs the kit, and gives what it prints.</summary>
    public static async Task<string> RunAsync(TimeSpan limit, params string[] arguments)
    {
        var start = new ProcessStartInfo("python3", [Find()!, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start) ?? throw new InvalidOperationException("python3 did not start.");
        using var late = new CancellationTokenSource(limit);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(late.Token);
            var errors = process.StandardError.ReadToEndAsync(late.Token);
            await process.WaitForExitAsync(late.Token);
            return process.ExitCode == 0
                ? await output
                : throw new InvalidOperationException($"tornet {string.Join(' ', arguments)} failed: {await output}{await errors}");
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new InvalidOperationException($"tornet {string.Join(' ', arguments)} took longer than {limit}.");
        }
    }

    /// <summary>Where the kit is; null if it is not here.</summary>
    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("ONIONHOST_TORNET") is { Length: > 0 } named)
        {
            return File.Exists(named) ? named : null;
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "OnionHost.sln")))
            {
                var kit = Path.Combine(folder.FullName, "..", "shared", "tornet", "tornet");
                return File.Exists(kit) ? kit : null;
            }
        }

        return null;
    }
}
