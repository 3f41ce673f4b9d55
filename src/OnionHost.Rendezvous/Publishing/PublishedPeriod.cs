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
    /// <param name="identity">The service's identity.</param>
    /// <param name="period">The period.</param>
    /// <param name="startOfCounting">From when on its revision counter counts the seconds: the same for every process with the key.</param>
    /// <param name="context">Randomness.</param>
    public PublishedPeriod(Ed25519ExpandedKey identity, TimePeriod period, DateTimeOffset startOfCounting, NodeContext context)
    {
        Keys = DescriptorKeys.Create(identity, period, context.Random);
        using var blinded = KeyBlinding.BlindSecret(identity, period);
        _revision = new RevisionCounter(blinded, startOfCounting);
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
