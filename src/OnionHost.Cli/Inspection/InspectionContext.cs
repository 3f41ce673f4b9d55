using OnionHost.Network.Networks;
using OnionHost.Protocol.Directory;

namespace OnionHost.Cli.Inspection;

/// <summary>What documents are checked against.</summary>
/// <param name="Now">The time.</param>
/// <param name="Network">The network that a consensus is of; null if it was not given.</param>
/// <param name="Certificates">The authorities' certificates, for signatures under votes and consensuses.</param>
/// <param name="OnionHost">The host name of an onion service, perhaps with a cookie, to open its descriptor; null for none.</param>
internal sealed record InspectionContext(
    DateTimeOffset Now, NetworkDescription? Network, IReadOnlyList<AuthorityCertificate> Certificates, string? OnionHost);
