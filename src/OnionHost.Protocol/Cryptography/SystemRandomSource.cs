using System.Security.Cryptography;

namespace OnionHost.Protocol.Cryptography;

/// <summary>The operating system's cryptographic random numbers. Safe for concurrent use.</summary>
public sealed class SystemRandomSource : IRandomSource
{
    private SystemRandomSource()
    {
    }

    /// <summary>The only instance; it has no state of its own.</summary>
    public static SystemRandomSource Instance { get; } = new();

    /// <inheritdoc/>
#pragma warning disable RS0030 // The one place that everything else gets its randomness from.
    public void Fill(Span<byte> destination) => RandomNumberGenerator.Fill(destination);
#pragma warning restore RS0030
}
