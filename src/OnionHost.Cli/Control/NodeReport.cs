using System.Text.Json.Nodes;
using OnionHost.Network;
using OnionHost.Network.Circuits;
using OnionHost.Network.Directory;
using OnionHost.Network.Links;
using OnionHost.Network.Relays;
using OnionHost.Protocol.Identities;

namespace OnionHost.Cli.Control;

/// <summary>Parts of what a process tells about itself. Nothing of it is logged: it names peers, which are nobody else's business.</summary>
internal static class NodeReport
{
    private const int MostRows = 1000;

    /// <summary>The role and the process.</summary>
    public static JsonObject Begin(string role) => new() { ["role"] = role, ["pid"] = Environment.ProcessId };

    /// <summary>What is known of the network.</summary>
    public static JsonObject Network(NetworkDirectory? directory, BootstrapProgress? progress)
    {
        var view = directory?.Current;
        return new JsonObject
        {
            ["phase"] = progress?.Phase.ToString(),
            ["percent"] = progress?.Percent,
            ["problem"] = progress?.Problem?.Message,
            ["relays"] = view?.Relays.Count,
            ["validAfter"] = view?.ValidAfter.ToString("u"),
            ["validUntil"] = view?.Consensus.ValidUntil.ToString("u"),
            ["version"] = SoftwareVersion.Number,
            ["recommendedVersions"] = directory?.Versions.Advice.List,
            ["versionWarning"] = directory?.Versions.Warning,
        };
    }

    /// <summary>The links, busiest first.</summary>
    public static JsonArray Links(LinkTable links, NetworkView? view) => new([.. links.Links
        .OrderByDescending(link => link.CircuitCount).Take(MostRows).Select(link => new JsonObject
        {
            ["peer"] = link.Peer.Fingerprint is { } fingerprint ? Name(fingerprint, view) : "client",
            ["address"] = link.Peer.Remote.ToString(),
            ["outbound"] = link.IsInitiator,
            ["circuits"] = link.CircuitCount,
            ["sent"] = link.BytesSent,
            ["received"] = link.BytesReceived,
        })]);

    /// <summary>The circuits, busiest first.</summary>
    public static JsonArray Circuits(LinkTable links, NetworkView? view) => new([.. links.Links
        .SelectMany(link => link.Circuits).Select(circuit => Circuit(circuit, view)).OfType<JsonObject>()
        .OrderByDescending(circuit => (int?)circuit["streams"]).Take(MostRows)]);

    /// <summary>Streams on all circuits.</summary>
    public static int Streams(LinkTable links) => links.Links.SelectMany(link => link.Circuits)
        .Sum(circuit => circuit switch { ClientCircuit client => client.OpenStreams, RelayCircuit relay => relay.OpenStreams, _ => 0 });

    private static string Name(RelayFingerprint relay, NetworkView? view) => view?.Find(relay)?.Status.Nickname.ToString() ?? relay.ToString();

    private static JsonObject? Circuit(ILinkCircuit circuit, NetworkView? view) => circuit switch
    {
        ClientCircuit client => new JsonObject
        {
            ["number"] = client.Number,
            ["kind"] = "own",
            ["path"] = string.Join(" > ", client.Path.Select((hop, i) => hop is not null ? Name(hop.Fingerprint, view) : i == 0 ? "directory" : "onion")),
            ["streams"] = client.OpenStreams,
        },
        RelayCircuit relay => new JsonObject
        {
            ["number"] = relay.Number,
            ["kind"] = relay.HasNext ? "passes" : "ends here",
            ["path"] = relay.IsFromClient ? "from a client" : "from a relay",
            ["streams"] = relay.OpenStreams,
        },
        _ => null,
    };
}
