using OnionHost.Network.Circuits;
using OnionHost.Network.Directory;

namespace OnionHost.Network.Paths;

/// <summary>A path that was chosen and not built yet.</summary>
/// <param name="Hops">First to last.</param>
/// <param name="Last">The last relay as the consensus knows it; null if it does not.</param>
internal sealed record PathPlan(IReadOnlyList<HopTarget> Hops, RelayNode? Last)
{
    /// <summary>The first hop.</summary>
    public HopTarget Guard => Hops[0];
}
