using System.Diagnostics;

namespace OnionHost.Cli.Tests.EndToEnd;

/// <summary>Debian's curl, as a person would use it.</summary>
internal static class Curl
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(150);

    /// <summary>Fetches a page; after a kill somebody has to find a new way first, so it is tried for a while.</summary>
    public static async Task<string> FetchAsync(string socks, string url)
    {
        var end = Stopwatch.StartNew();
        string text;
        do
        {
            var (code, output) = await RunAsync("-sS", "-m", "40", "--socks5-hostname", socks, url);
            if (code == 0)
            {
                return output;
            }

            text = output;
        }
        while (end.Elapsed < Patience);
        throw new TimeoutException($"curl could not fetch {url}: {text}");
    }

    private static async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        using var curl = Process.Start(new ProcessStartInfo("curl", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = curl.StandardOutput.ReadToEndAsync();
        var errors = await curl.StandardError.ReadToEndAsync();
        await curl.WaitForExitAsync();
        return (curl.ExitCode, await output + errors);
    }
}
