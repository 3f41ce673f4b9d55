using OnionHost.Dht.Descriptors;
using OnionHost.Dht.Periods;
using OnionHost.Network;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Identities;
using OnionHost.Rendezvous.Keys;

namespace OnionHost.Rendezvous.Publishing;

/// <summary>The keys of one time period, and what was last published under them.</summary>
internal sealed class PublishedPeriod : IDisposable
{
    private readonly RevisionCounter _revision;

    /// <summary>Makes the keys of a period.</summary>
    public PublishedPeriod(Ed25519ExpandedKey identity, TimePeriod period, NodeContext context)
    {
        Keys = DescriptorKeys.Create(identity, period, context.Random);
        using var blinded = KeyBlinding.BlindSecret(identity, period);

        // Two periods before, no process has published under this key yet.
        _revision = new RevisionCounter(blinded, DateTimeOffset.UnixEpoch.AddMinutes((period.Number - 2d) * period.LengthMinutes));
    }

    /// <summary>The keys.</summary>
    public DescriptorKeys Keys { get; }

    /// <summary>The directories of the last complete upload.</summary>
    public IReadOnlyList<Ed25519Identity> Directories { get; set; } = [];

    /// <summary>How the last upload went.</summary>
    public UploadTally Outcome { get; set; }

    /// <summary>The slot of the last upload; its ring may change while the period stays.</summary>
    public DescriptorSlot Slot { get; set; }

    /// <summary>A larger number than ever before.</summary>
    public ulong NextRevision(DateTimeOffset now) => _revision.Next(now);

    /// <summary>Overwrites the keys.</summary>
    public void Dispose()
    {
        Keys.Dispose();
        _revision.Dispose();
    }
}
