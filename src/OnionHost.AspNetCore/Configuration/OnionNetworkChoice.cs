using System.Net;
using Microsoft.Extensions.Hosting;
using OnionHost.Network;

namespace OnionHost.AspNetCore.Configuration;

/// <summary>What <see cref="OnionOptions.Network"/> means: the embedded network, the public one, or the authorities of a file.</summary>
internal static class OnionNetworkChoice
{
    /// <summary>True for the network that lives in this process, which only Development takes by itself.</summary>
    public static bool IsLocal(OnionOptions options, IHostEnvironment environment) => string.IsNullOrWhiteSpace(options.Network)
        ? environment.IsDevelopment()
        : options.Network.Equals(OnionOptions.LocalNetwork, StringComparison.OrdinalIgnoreCase);

    public static bool IsPublic(OnionOptions options, IHostEnvironment environment) => string.IsNullOrWhiteSpace(options.Network)
        ? !environment.IsDevelopment()
        : options.Network.Equals(OnionOptions.PublicNetwork, StringComparison.OrdinalIgnoreCase);

    /// <summary>True if the network's relays may have loopback addresses and share a subnet.</summary>
    public static bool IsPrivate(OnionOptions options, IEnumerable<DirectoryAuthority> authorities) =>
        options.PrivateNetwork ?? authorities.All(authority => IPAddress.IsLoopback(authority.OrPort.Address));
}
