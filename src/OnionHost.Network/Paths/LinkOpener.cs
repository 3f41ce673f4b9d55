using OnionHost.Network.Circuits;
using OnionHost.Network.Links;

namespace OnionHost.Network.Paths;

/// <summary>Gives an open link to a relay: the node's <see cref="LinkTable"/>, or one in memory.</summary>
internal delegate Task<ICircuitLink> LinkOpener(LinkTarget target, CancellationToken cancellationToken);
