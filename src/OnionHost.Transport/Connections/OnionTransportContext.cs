using System.Buffers;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace OnionHost.Transport.Connections;

/// <summary>What the listeners of one server share: log, clock, memory, and the numbers that connections are called by.</summary>
internal sealed class OnionTransportContext(ILogger logger, TimeProvider time, IMemoryPoolFactory<byte>? pools)
{
    private const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUV";

    private long _next = time.GetUtcNow().Ticks;

    public ILogger Logger => logger;

    public TimeProvider Time => time;

    /// <summary>Memory for one listener, which owns it; null without a factory.</summary>
    public MemoryPool<byte>? CreatePool() => pools?.Create(new MemoryPoolOptions { Owner = "onion" });

    /// <summary>A number for a connection, unique over restarts too, in the form that the other transports use: 13 characters.</summary>
    public string NextConnectionId() => string.Create(13, Interlocked.Increment(ref _next), static (text, id) =>
    {
        for (var i = text.Length - 1; i >= 0; i--, id >>= 5)
        {
            text[i] = Digits[(int)(id & 31)];
        }
    });
}
