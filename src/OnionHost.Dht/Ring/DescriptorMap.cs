using OnionHost.Dht.Periods;
using OnionHost.Network.Directory;
using OnionHost.Protocol.Identities;

namespace OnionHost.Dht.Ring;

/// <summary>Where descriptors are kept under one consensus: the slots, and the ring of each. Immutable; made anew with every consensus.</summary>
internal sealed class DescriptorMap
{
    private static readonly TimeSpan TestingInterval = TimeSpan.FromMinutes(1);

    private readonly HsDirRing _earlier;
    private readonly HsDirRing _later;
    private readonly TimeSpan _votingInterval;

    public DescriptorMap(IReadOnlyCollection<HsDir> directories, DescriptorSlots slots, RingParameters parameters, TimeSpan votingInterval)
    {
        Slots = slots;
        Parameters = parameters;
        _votingInterval = votingInterval;
        _earlier = new HsDirRing(directories, slots.Earlier);
        _later = new HsDirRing(directories, slots.Later);
        RetryInterval = votingInterval < TestingInterval ? TimeSpan.FromSeconds(5) : TimeSpan.FromMinutes(15);
    }

    /// <summary>For which periods services publish, and in which clients look.</summary>
    public DescriptorSlots Slots { get; }

    /// <summary>How widely descriptors are spread.</summary>
    public RingParameters Parameters { get; }

    /// <summary>How long a client waits before it asks the same directory for the same descriptor again: 15 minutes, 5 s where votes are less than a minute apart.</summary>
    public TimeSpan RetryInterval { get; }

    /// <summary>The relays that keep descriptors.</summary>
    public int DirectoryCount => _earlier.Count;

    /// <summary>The map of a consensus.</summary>
    public static DescriptorMap From(NetworkView view) =>
        new(HsDirRing.DirectoriesOf(view), DescriptorSlots.Of(view), RingParameters.Of(view), TimePeriods.VotingInterval(view));

    /// <summary>From when on the seconds are counted in the revision counters of a period's descriptors.</summary>
    public DateTimeOffset StartOfCounting(TimePeriod period) => TimePeriods.StartOfCounting(period, _votingInterval);

    /// <summary>Whom a service gives the descriptor of a slot.</summary>
    /// <param name="key">The service's blinded key in the slot's period.</param>
    /// <param name="slot">One of <see cref="DescriptorSlots.Earlier"/> and <see cref="DescriptorSlots.Later"/>.</param>
    public IReadOnlyList<HsDir> ForUpload(in BlindedKey key, DescriptorSlot slot) =>
        RingOf(slot).Responsible(key, Parameters.Replicas, Parameters.StoreSpread);

    /// <summary>Whom a client asks.</summary>
    /// <param name="key">The service's blinded key in the period of <see cref="DescriptorSlots.ForClients"/>.</param>
    public IReadOnlyList<HsDir> ForFetch(in BlindedKey key) =>
        RingOf(Slots.ForClients).Responsible(key, Parameters.Replicas, Parameters.FetchSpread);

    private HsDirRing RingOf(DescriptorSlot slot) => slot == _later.Slot ? _later : _earlier;
}
