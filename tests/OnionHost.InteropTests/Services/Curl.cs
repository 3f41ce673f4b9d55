using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;

namespace OnionHost.InteropTests;

/// <summary>Fetches as people do: curl through a SOCKS port.</summary>
internal static class Curl
{
    /// <summary>Runs curl, and gives what it prints; a failure of curl is an exception with its exit code.</summary>
    public static async Task<string> RunAsync(IPEndPoint socks, CancellationToken stop, params string[] arguments)
    {
        using var process = Start(socks, arguments);
        var output = process.StandardOutput.ReadToEndAsync(stop);
        await EndAsync(process, stop);
        return await output;
    }

    /// <summary>The SHA-256 of what curl fetches.</summary>
    public static async Task<byte[]> HashAsync(IPEndPoint socks, string url, CancellationToken stop)
    {
        using var process = Start(socks, [url]);
        var hash = SHA256.HashDataAsync(process.StandardOutput.BaseStream, stop).AsTask();
        await EndAsync(process, stop);
        return await hash;
    }

    private static Process Start(IPEndPoint socks, string[] arguments)
    {
        string[] all = ["--silent", "--show-error", "--fail", "--socks5-hostname", socks.ToString(), .. arguments];
        var start = new ProcessStartInfo("curl", all) { RedirectStandardOutput = true, RedirectStandardError = true };
        return Process.Start(start) ?? throw new InvalidOperationException("curl did not start.");
    }

    private static async Task EndAsync(Process process, CancellationToken stop)
    {
        try
        {
            var errors = process.StandardError.ReadToEndAsync(stop);
            await process.WaitForExitAsync(stop);
            if (process.ExitCode != 0)
            {
                throw new CurlException(process.ExitCode, (await errors).Trim());
            }
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }
    }
}
