using OnionHost.Protocol.Directory;

namespace OnionHost.Network.Authority.Reachability;

/// <summary>Finds out whether a relay answers where it says.</summary>
internal interface IReachabilityTester
{
    /// <summary>True if every address of the descriptor answers and proves both identities. Throws nothing but cancellation.</summary>
    Task<bool> TestAsync(ServerDescriptor descriptor, CancellationToken ct);
}
