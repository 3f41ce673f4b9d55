using OnionHost.Protocol.Identities;

namespace OnionHost.Dht.Descriptors;

/// <summary>A descriptor's <c>pow-params v1</c> line: what a client has to solve when the service is flooded.</summary>
/// <param name="Seed">32 bytes.</param>
/// <param name="SuggestedEffort">0 while the service has no load.</param>
/// <param name="Expires">When the seed is replaced.</param>
internal sealed record ProofOfWorkOffer(Digest256 Seed, uint SuggestedEffort, DateTimeOffset Expires);
