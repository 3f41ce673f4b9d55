using System.Diagnostics.Metrics;
using OnionHost.Network.Links;

namespace OnionHost.Network.Relays;

/// <summary>
/// The meter <c>OnionHost.Relay</c>: how much a relay carries and refuses. It is tagged with the relay's own nickname;
/// no tag names a peer, a client, a circuit or a destination. Everything is read when somebody asks, nothing is done per cell.
/// </summary>
internal sealed class RelayMetrics : IDisposable
{
    public const string MeterName = "OnionHost.Relay";

    private const string Direction = "network.io.direction";
    private const string Kind = "onionhost.kind";
    private const string Result = "onionhost.result";

    private readonly Meter _meter;

    /// <summary>Publishes the instruments, until disposal.</summary>
    public RelayMetrics(string nickname, LinkTable links, OnionskinPool onionskins, RelayRoles roles)
    {
        _meter = new Meter(new MeterOptions(MeterName) { Tags = [new("onionhost.relay", nickname)] });
        var traffic = links.Traffic;
        _meter.CreateObservableCounter("onionhost.relay.io", () => Two(Direction, ("receive", traffic.BytesReceived), ("transmit", traffic.BytesSent)),
            "By", "Bytes of cells on all links, and of exit connections.");
        _meter.CreateObservableCounter("onionhost.relay.cells", () => Two(Direction, ("receive", traffic.CellsReceived), ("transmit", traffic.CellsSent)),
            "{cell}", "Cells on all links.");
        _meter.CreateObservableUpDownCounter("onionhost.relay.links", () => Links(links), "{link}", "Open links to relays and from clients.");
        _meter.CreateObservableUpDownCounter("onionhost.relay.circuits", () => roles.OpenCircuits, "{circuit}", "Open circuits that others made through this relay.");
        _meter.CreateObservableCounter("onionhost.relay.onionskins", () => Two(Result, ("answered", onionskins.Answered), ("dropped", onionskins.Dropped)),
            "{handshake}", "Handshakes of circuits: answered, and dropped because too many waited.");
        _meter.CreateObservableUpDownCounter("onionhost.relay.onionskins.waiting", () => onionskins.Waiting, "{handshake}", "Handshakes that wait for a worker.");
        _meter.CreateObservableCounter("onionhost.relay.refused", () => Refused(links, roles), "{request}", "What single clients asked too much of.");
        _meter.CreateObservableUpDownCounter("onionhost.relay.queues", () => traffic.Memory.Used, "By", "Memory that waiting cells take.");
        _meter.CreateObservableGauge("onionhost.relay.bandwidth.observed", () => traffic.History.Observed,
            "By/s", "The best sustained ten seconds of the last five days, both directions.");
    }

    public void Dispose() => _meter.Dispose();

    private static IEnumerable<Measurement<long>> Two(string tag, (string Name, long Value) one, (string Name, long Value) other) =>
        [Of(tag, one), Of(tag, other)];

    private static IEnumerable<Measurement<long>> Links(LinkTable links)
    {
        var open = links.Links;
        var relays = open.Count(link => link.Peer.IsAuthenticated);
        return Two(Kind, ("relay", relays), ("client", open.Count - relays));
    }

    private static IEnumerable<Measurement<long>> Refused(LinkTable links, RelayRoles roles) =>
    [
        Of(Kind, ("connection", links.Floods.RefusedConnections)),
        Of(Kind, ("circuit", links.Floods.RefusedCircuits)),
        Of(Kind, ("stream", roles.RefusedStreams)),
    ];

    private static Measurement<long> Of(string tag, (string Name, long Value) item) => new(item.Value, new KeyValuePair<string, object?>(tag, item.Name));
}
