using System.Text.Json.Nodes;
using OnionHost.Rendezvous.Nodes;

namespace OnionHost.Cli.Control;

/// <summary>What a relay tells, and the relay beneath an authority.</summary>
internal class RelayStatus(string role, RelayServer server) : IControlled
{
    /// <inheritdoc/>
    public virtual JsonObject Describe()
    {
        var view = server.Directory?.Current;
        var report = NodeReport.Begin(role);
        report["nickname"] = server.Relay.Options.Nickname.ToString();
        report["fingerprint"] = server.Keys.Fingerprint.ToString();
        report["flags"] = view?.Find(server.Keys.Fingerprint)?.Status.Flags.ToString();
        report["network"] = NodeReport.Network(server.Directory, server.Directory?.Progress);
        report["streams"] = NodeReport.Streams(server.Relay.Links);
        report["links"] = NodeReport.Links(server.Relay.Links, view);
        report["circuits"] = NodeReport.Circuits(server.Relay.Links, view);
        return report;
    }
}
