using System.Diagnostics;

namespace OnionHost.FunctionalTests.Blog;

/// <summary>Programs that the machine may have: curl, Chromium.</summary>
internal static class Command
{
    /// <summary>Finds a program in PATH; skips the test, or fails it where CI demands the program.</summary>
    public static string Require(string name, string demandedBy)
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
        Assert.False(path is null && Environment.GetEnvironmentVariable(demandedBy) == "1", $"{name} is not here, and {demandedBy}=1 demands it.");
        Skip.If(path is null, $"{name} is not on this machine; on Debian: apt-get install {name}");
        return path!;
    }

    /// <summary>Runs a program to its end and gives what it printed.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(CancellationToken stop, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        Array.ForEach(arguments, start.ArgumentList.Add);
        using var process = Process.Start(start)!;
        try
        {
            var error = process.StandardError.ReadToEndAsync(stop);
            var output = await process.StandardOutput.ReadToEndAsync(stop);
            await process.WaitForExitAsync(stop);
            return (process.ExitCode, output.Length > 0 ? output : await error);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
