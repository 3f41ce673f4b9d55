using Microsoft.Extensions.Logging;
using OnionHost.Protocol.Cryptography;

namespace OnionHost.Network;

/// <summary>What every part of a node needs from outside: time, randomness and a place to log.</summary>
/// <param name="Time">The clock and the timers.</param>
/// <param name="Random">Where random bytes come from.</param>
/// <param name="Loggers">Makes the loggers.</param>
internal sealed record NodeContext(TimeProvider Time, IRandomSource Random, ILoggerFactory Loggers)
{
    /// <summary>The present time.</summary>
    public DateTimeOffset Now => Time.GetUtcNow();
}
