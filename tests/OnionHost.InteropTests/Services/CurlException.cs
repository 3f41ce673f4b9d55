namespace OnionHost.InteropTests;

/// <summary>curl ended with a fault.</summary>
/// <param name="exitCode">Of curl: 97 if the SOCKS port refused.</param>
/// <param name="message">What it printed.</param>
public sealed class CurlException(int exitCode, string message) : Exception($"curl ended with {exitCode}: {message}")
{
    public int ExitCode => exitCode;
}
