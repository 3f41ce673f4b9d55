using System.Collections.Concurrent;
using OnionHost.Network.Authority.Reachability;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Tests.Authority;

/// <summary>Says of each relay that it answers, but of those that a test took away.</summary>
internal sealed class PaperTester : IReachabilityTester
{
    public ConcurrentDictionary<RelayFingerprint, bool> Down { get; } = [];

    public int Tests { get; private set; }

    public Task<bool> TestAsync(ServerDescriptor descriptor, ReachabilityDepth depth, CancellationToken ct)
    {
        lock (Down)
        {
            Tests++;
        }

        return Task.FromResult(!Down.ContainsKey(descriptor.Fingerprint));
    }
}
