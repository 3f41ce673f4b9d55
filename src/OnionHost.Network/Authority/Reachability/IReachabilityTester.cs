using OnionHost.Protocol.Directory;

namespace OnionHost.Network.Authority.Reachability;

/// <summary>Finds out whether a relay answers where it says, and does what relays are for.</summary>
internal interface IReachabilityTester
{
    /// <summary>True if every address of the descriptor answers and proves both identities, and the relay carries cells if that is asked.</summary>
    /// <remarks>Throws nothing but cancellation.</remarks>
    Task<bool> TestAsync(ServerDescriptor descriptor, ReachabilityDepth depth, CancellationToken ct);
}
