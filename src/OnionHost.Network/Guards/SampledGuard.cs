using OnionHost.Network.Directory;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Guards;

/// <summary>One guard of the sample: what the file says of it, and what this process has seen of it.</summary>
internal sealed class SampledGuard(RelayFingerprint fingerprint, DateTimeOffset addedOn)
{
    public RelayFingerprint Fingerprint { get; } = fingerprint;

    public DateTimeOffset AddedOn { get; } = addedOn;

    public DateTimeOffset? ConfirmedOn { get; set; }

    /// <summary>Its place among the confirmed; those never confirmed come last.</summary>
    public int ConfirmedIndex { get; set; } = int.MaxValue;

    public DateTimeOffset? UnlistedSince { get; set; }

    /// <summary>The relay in the present consensus, if it may be a guard.</summary>
    public RelayNode? Node { get; set; }

    public bool IsPrimary { get; set; }

    public GuardReachability Reachability { get; set; }

    public DateTimeOffset? FailingSince { get; set; }

    public DateTimeOffset LastTried { get; set; }

    /// <summary>Makes a guard that failed eligible again when its time has come.</summary>
    public void ReconsiderAt(DateTimeOffset now)
    {
        if (Reachability == GuardReachability.No && FailingSince is { } since && now >= LastTried + GuardRetrySchedule.Interval(now - since, IsPrimary))
        {
            Reachability = GuardReachability.Maybe;
        }
    }

    public GuardRecord ToRecord() => new()
    {
        Fingerprint = Fingerprint.ToString(),
        AddedOn = AddedOn,
        ConfirmedOn = ConfirmedOn,
        ConfirmedIndex = ConfirmedOn is null ? null : ConfirmedIndex,
        UnlistedSince = UnlistedSince,
    };

    public static SampledGuard? FromRecord(GuardRecord? record) =>
        record is not null && RelayFingerprint.TryParse(record.Fingerprint, out var fingerprint)
            ? new SampledGuard(fingerprint, record.AddedOn)
            {
                ConfirmedOn = record.ConfirmedOn,
                ConfirmedIndex = record.ConfirmedOn is null ? int.MaxValue : record.ConfirmedIndex ?? int.MaxValue,
                UnlistedSince = record.UnlistedSince,
            }
            : null;
}
