using System.Diagnostics;
using System.Text.Json;

namespace OnionHost.InteropTests.Stem;

/// <summary>Python's stem, the parser of Tor's documents that researchers and operators use, as a second opinion.</summary>
internal static class StemScript
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    // Debian's package is for Debian's python, which need not be the first on the path.
    private static readonly string[] Pythons = ["python3", "/usr/bin/python3"];

    /// <summary>What to install before stem can run; null if nothing.</summary>
    public static async Task<string?> WhatIsMissingAsync() =>
        await FindAsync() is null ? "stem is not installed. On Debian or Ubuntu: sudo apt-get install python3-stem python3-cryptography." : null;

    /// <summary>Has stem read every document of a folder, and gives what it understood.</summary>
    public static async Task<JsonElement> ReadAsync(string folder)
    {
        var python = await FindAsync() ?? throw new InvalidOperationException("stem is not installed.");
        var (code, output, errors) = await RunAsync(python, Path.Combine(AppContext.BaseDirectory, "Stem", "parse_documents.py"), folder);
        return code == 0 ? JsonDocument.Parse(output).RootElement.Clone() : throw new InvalidOperationException($"The script failed: {errors}");
    }

    private static async Task<string?> FindAsync()
    {
        foreach (var python in Pythons)
        {
            try
            {
                if ((await RunAsync(python, "-c", "import stem, cryptography")).Code == 0)
                {
                    return python;
                }
            }
            catch (System.ComponentModel.Win32Exception)
            {
                // There is no such python.
            }
        }

        return null;
    }

    private static async Task<(int Code, string Output, string Errors)> RunAsync(string python, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(python, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        using var late = new CancellationTokenSource(Limit);
        var output = process.StandardOutput.ReadToEndAsync(late.Token);
        var errors = process.StandardError.ReadToEndAsync(late.Token);
        try
        {
            await process.WaitForExitAsync(late.Token);
            return (process.ExitCode, await output, await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw new TimeoutException($"{python} took longer than {Limit}.");
        }
    }
}
