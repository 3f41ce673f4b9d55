using System.Net;

namespace OnionHost.Network.Relays;

/// <summary>Where others find a relay.</summary>
/// <param name="IPv4">Its first address.</param>
/// <param name="IPv6">Its second; null for none.</param>
internal sealed record RelayAddresses(IPEndPoint IPv4, IPEndPoint? IPv6)
{
    /// <summary>Without ports, as NETINFO tells them.</summary>
    public IReadOnlyList<IPAddress> Addresses => IPv6 is null ? [IPv4.Address] : [IPv4.Address, IPv6.Address];

    /// <summary>What it advertises, and where it listens as far as it advertises nothing else.</summary>
    public static RelayAddresses Of(RelayOptions options, IPEndPoint listening, IPEndPoint? listeningIPv6) => new(
        new IPEndPoint(options.AdvertisedAddress ?? listening.Address, options.AdvertisedPort ?? listening.Port),
        options.AdvertisedIPv6 ?? listeningIPv6);
}
