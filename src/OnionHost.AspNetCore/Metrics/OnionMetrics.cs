using System.Diagnostics.Metrics;
using OnionHost.AspNetCore.Services;
using OnionHost.Rendezvous.Services;

namespace OnionHost.AspNetCore.Metrics;

/// <summary>
/// The meter <c>OnionHost</c>: how the services are. Tags name our own services and states, never circuits, visitors or relays.
/// Connections and requests are counted by Kestrel's meters, tagged with the onion address.
/// </summary>
internal sealed class OnionMetrics(IMeterFactory meters, IOnionServices services)
{
    public const string MeterName = "OnionHost";

    /// <summary>Publishes the instruments.</summary>
    public void Start()
    {
        var meter = meters.Create(MeterName);
        meter.CreateObservableUpDownCounter("onionhost.introduction_points.active", () => Each(now => now.IntroductionPoints),
            "{introduction_point}", "Introduction points that stand.");
        meter.CreateObservableUpDownCounter("onionhost.rendezvous.active", () => Each(now => now.Rendezvous),
            "{circuit}", "Joined circuits with visitors.");
        meter.CreateObservableGauge("onionhost.descriptor.uploads", () => Each(now => now.DescriptorUploads),
            "{directory}", "Directories that hold the present descriptors.");
        meter.CreateObservableGauge("onionhost.service.reachable", () => Each(now => now.State == OnionServiceState.Reachable ? 1 : 0),
            "{service}", "1 if visitors find the service, 0 if not.");
    }

    private IEnumerable<Measurement<int>> Each(Func<OnionServiceSnapshot, int> value) => services.Running.Select(
        service => new Measurement<int>(value(service.Value.Snapshot), new KeyValuePair<string, object?>("onionhost.service", service.Key)));
}
