using OnionHost.Dht.Periods;
using OnionHost.Protocol;
using OnionHost.Protocol.Identities;

namespace OnionHost.Rendezvous.Publishing;

/// <summary>Where descriptors are put up, under the consensus of the moment.</summary>
internal interface IDescriptorBoard
{
    /// <summary>The slots to fill; null while no consensus is known.</summary>
    DescriptorSlots? Slots { get; }

    /// <summary>A consensus came: slots or directories may have changed.</summary>
    event Action? Changed;

    /// <summary>The directories that are responsible for a key.</summary>
    IReadOnlyList<Ed25519Identity> Directories(DescriptorSlot slot, BlindedKey key);

    /// <summary>From when on the seconds are counted in the revision counters of a period's descriptors; while <see cref="Slots"/> are known.</summary>
    DateTimeOffset StartOfCounting(TimePeriod period);

    /// <summary>Uploads a descriptor to every responsible directory.</summary>
    /// <exception cref="TorException">None could be asked.</exception>
    Task<UploadTally> UploadAsync(string text, BlindedKey key, DescriptorSlot slot, CancellationToken cancellationToken);
}

/// <summary>How an upload went.</summary>
/// <param name="Stored">Directories that stored it.</param>
/// <param name="Directories">Directories that were asked.</param>
internal readonly record struct UploadTally(int Stored, int Directories);
