using System.Net;
using System.Text.Json.Nodes;
using OnionHost.LocalNetwork;
using OnionHost.Network.Storage;

namespace OnionHost.Cli.Networks;

/// <summary>Writes the files that tell others of an embedded network: <c>network.json</c>, and lines for a torrc.</summary>
internal static class NetworkFiles
{
    /// <summary>The description in JSON.</summary>
    public const string Json = "network.json";

    /// <summary>The lines.</summary>
    public const string Torrc = "authorities.torrc";

    private static readonly System.Text.Json.JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Writes both into a directory, and gives their paths. The client is in them once its port is known.</summary>
    public static (string Json, string Torrc) Write(string directory, PrivateNetwork network, IPEndPoint? socks)
    {
        var description = Path.Combine(directory, Json);
        var lines = Path.Combine(directory, Torrc);
        PrivateFiles.Write(description, System.Text.Encoding.UTF8.GetBytes(Describe(network, socks).ToJsonString(Indented) + "\n"));
        PrivateFiles.Write(lines, System.Text.Encoding.UTF8.GetBytes(string.Concat(network.Authorities.Select(authority => $"DirAuthority {authority}\n"))));
        return (description, lines);
    }

    private static JsonObject Describe(PrivateNetwork network, IPEndPoint? socks)
    {
        var nodes = new JsonObject();
        foreach (var node in network.Nodes)
        {
            nodes[node.Nickname] = Describe(node, network);
        }

        if (socks is not null)
        {
            nodes["client1"] = new JsonObject { ["role"] = "client", ["address"] = socks.Address.ToString(), ["socks_port"] = socks.Port };
        }

        var parameters = new JsonObject();
        foreach (var (name, value) in network.Parameters.Values)
        {
            parameters[name] = value;
        }

        return new JsonObject
        {
            ["dir_authorities"] = new JsonArray([.. network.Authorities.Select(authority => JsonValue.Create(authority.ToString()))]),
            ["voting"] = new JsonObject
            {
                ["interval"] = Seconds(network.Options.VotingInterval),
                ["vote_delay"] = Seconds(network.VoteDelay),
                ["dist_delay"] = Seconds(network.VoteDelay),
            },
            ["consensus_params"] = parameters,
            ["nodes"] = nodes,
        };
    }

    private static JsonObject Describe(PrivateNode node, PrivateNetwork network)
    {
        var server = node.Running.Server;
        return new JsonObject
        {
            ["role"] = node.IsAuthority ? "authority" : node.IsExit ? "exit" : "relay",
            ["address"] = network.Options.ListenAddress.ToString(),
            ["or_port"] = server.Relay.OrEndPoint.Port,
            ["dir_port"] = server.DirEndPoint?.Port,
            ["fingerprint"] = node.Fingerprint.ToString(),
            ["ed25519"] = server.Keys.Identity.ToString(),
            ["v3ident"] = node.Running.Authority?.Self.V3Identity.ToString(),
        };
    }

    private static int Seconds(TimeSpan time) => (int)time.TotalSeconds;
}
