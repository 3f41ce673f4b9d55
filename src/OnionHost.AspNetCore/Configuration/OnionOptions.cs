using OnionHost.LocalNetwork;
using OnionHost.Rendezvous;

namespace OnionHost.AspNetCore.Configuration;

/// <summary>
/// How an application is hosted on onion addresses. It is bound from the section <c>Onion</c> of the configuration; what
/// <c>UseOnion(options => ...)</c> sets comes after that.
/// </summary>
public sealed class OnionOptions
{
    /// <summary>The section of the configuration that the options are bound from.</summary>
    public const string Section = "Onion";

    /// <summary>The service's name when none is configured.</summary>
    public const string DefaultService = "default";

    /// <summary>The network that lives in this process: <see cref="Network"/> takes its name.</summary>
    public const string LocalNetwork = "Local";

    /// <summary>The public Tor network: <see cref="Network"/> takes its name.</summary>
    public const string PublicNetwork = "Public";

    /// <summary>False makes everything here inert: no onion endpoint, no network, no check. True by default.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>
    /// Which network to join: <c>Local</c> (the embedded one, which hides nobody; the default in Development), <c>Public</c>, or a
    /// file of directory authorities, relative to the content root: <c>DirAuthority</c> lines of a torrc, or a JSON object with such
    /// lines in <c>dir_authorities</c>.
    /// </summary>
    public string? Network { get; set; }

    /// <summary>
    /// The network of an authority file is a private one: relays may have loopback addresses and share a subnet. Null, the default,
    /// decides by the authorities' own addresses.
    /// </summary>
    public bool? PrivateNetwork { get; set; }

    /// <summary>Where keys, cookies and directory documents are kept, relative to the content root. <c>data/onion</c> by default.</summary>
    public string DataDirectory { get; set; } = Path.Combine("data", "onion");

    /// <summary>
    /// The services by name. When there is none, and no endpoint names one, a service <see cref="DefaultService"/> listens on port 80.
    /// </summary>
    public IDictionary<string, OnionServiceSettings> Services { get; } =
        new Dictionary<string, OnionServiceSettings>(StringComparer.Ordinal);

    /// <summary>A loopback port for SOCKS clients, 0 for a free one; null, the default, for no SOCKS.</summary>
    public int? SocksPort { get; set; }

    /// <summary>
    /// In Development, keep listening on those configured URLs that are loopback addresses, beside the onion address. True by
    /// default. Switch it off when the code listens on loopback endpoints of its own.
    /// </summary>
    public bool LoopbackUrlsInDevelopment { get; set; } = true;

    /// <summary>Start waits until every service can be visited. False by default: readiness is what the health check is for.</summary>
    public bool WaitUntilReachable { get; set; }

    /// <summary>Changes the options of the embedded network before it starts; null leaves them.</summary>
    public Func<PrivateNetworkOptions, PrivateNetworkOptions>? ConfigureLocalNetwork { get; set; }

    /// <summary>Changes the options of the Tor client before it is made; null leaves them.</summary>
    public Func<TorClientOptions, TorClientOptions>? ConfigureClient { get; set; }
}
