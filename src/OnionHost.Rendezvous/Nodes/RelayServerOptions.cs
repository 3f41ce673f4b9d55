using OnionHost.Network;
using OnionHost.Network.Relays;
using OnionHost.Protocol.Certificates;

namespace OnionHost.Rendezvous.Nodes;

/// <summary>What a relay with all its roles is made of.</summary>
internal sealed record RelayServerOptions
{
    /// <summary>The relay itself; <see cref="RelayOptions.IsDirectoryCache"/> and <see cref="RelayOptions.IsHsDir"/> choose roles.</summary>
    public required RelayOptions Relay { get; init; }

    /// <summary>Where keys and documents are kept; null keeps them in memory.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>The kind of key in its TLS certificate.</summary>
    public LinkLeafKind LinkLeaf { get; init; }

    /// <summary>Where plain directory requests are accepted; null for no DirPort.</summary>
    public System.Net.IPEndPoint? DirListen { get; init; }
}
