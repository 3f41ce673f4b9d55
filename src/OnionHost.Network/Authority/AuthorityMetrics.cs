using System.Diagnostics.Metrics;

namespace OnionHost.Network.Authority;

/// <summary>
/// The meter <c>OnionHost.Authority</c>: how the agreement goes. It is tagged with the authority's own nickname. Everything is read
/// when somebody asks.
/// </summary>
internal sealed class AuthorityMetrics : IDisposable
{
    public const string MeterName = "OnionHost.Authority";

    private const string Result = "onionhost.result";

    private readonly Meter _meter;

    /// <summary>Publishes the instruments, until disposal.</summary>
    public AuthorityMetrics(string nickname, VotingAuthority authority)
    {
        _meter = new Meter(new MeterOptions(MeterName) { Tags = [new("onionhost.relay", nickname)] });
        _meter.CreateObservableCounter("onionhost.authority.rounds", () => Rounds(authority), "{round}", "Voting rounds, with and without a consensus at their end.");
        _meter.CreateObservableCounter("onionhost.authority.equivocations", () => authority.Equivocations.Count,
            "{equivocation}", "Authorities caught with two different votes of one period.");
    }

    public void Dispose() => _meter.Dispose();

    private static IEnumerable<Measurement<long>> Rounds(VotingAuthority authority)
    {
        var (published, failed) = authority.Rounds;
        return [new(published, new KeyValuePair<string, object?>(Result, "published")), new(failed, new KeyValuePair<string, object?>(Result, "failed"))];
    }
}
