using OnionHost.Network.Directory;

namespace OnionHost.Network.Paths;

/// <summary>Gives the newest view of the network; while there is none, waits for it.</summary>
internal delegate Task<NetworkView> NetworkWait(CancellationToken cancellationToken);
