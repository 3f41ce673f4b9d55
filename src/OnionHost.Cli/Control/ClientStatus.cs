using System.Text.Json.Nodes;
using OnionHost.Rendezvous;
using OnionHost.Rendezvous.Services;

namespace OnionHost.Cli.Control;

/// <summary>What a process with a client in it tells: client, service, or a whole network.</summary>
internal class ClientStatus(string role, TorClient client) : IControlled
{
    /// <inheritdoc/>
    public virtual JsonObject Describe()
    {
        var view = client.Node.Directory.Current;
        var report = NodeReport.Begin(role);
        report["socks"] = client.SocksEndPoint?.ToString();
        report["network"] = NodeReport.Network(client.Node.Directory, client.Progress);
        report["streams"] = NodeReport.Streams(client.Node.Links);
        report["links"] = NodeReport.Links(client.Node.Links, view);
        report["circuits"] = NodeReport.Circuits(client.Node.Links, view);
        report["services"] = new JsonArray([.. client.Services.Select(Service)]);
        return report;
    }

    /// <inheritdoc/>
    public virtual JsonObject? Handle(string verb, JsonObject request) => null;

    private static JsonObject Service(OnionService service)
    {
        var now = service.Snapshot;
        return new JsonObject
        {
            ["address"] = service.Address.ToString(),
            ["state"] = now.State.ToString(),
            ["introductionPoints"] = $"{now.IntroductionPoints}/{now.WantedIntroductionPoints}",
            ["descriptors"] = $"{now.DescriptorUploads}/{now.DescriptorDirectories}",
            ["visitors"] = now.Rendezvous,
            ["cookies"] = service.Cookies.List().Count,
            ["problem"] = now.LastError,
        };
    }
}
