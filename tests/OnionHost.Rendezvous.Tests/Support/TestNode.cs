using Microsoft.Extensions.Logging.Abstractions;
using OnionHost.Network;
using OnionHost.Tests.Shared;

namespace OnionHost.Rendezvous.Tests.Support;

/// <summary>A context with virtual time and repeatable randomness.</summary>
internal static class TestNode
{
    public static NodeContext Context(TimeProvider? time = null) =>
        new(time ?? new ManualTimeProvider(), new ScriptedRandom(), NullLoggerFactory.Instance);
}
