using Microsoft.Extensions.Logging;
using OnionHost.Dht.Descriptors;
using OnionHost.Dht.Periods;
using OnionHost.Network;
using OnionHost.Protocol;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Identities;
using OnionHost.Rendezvous.Services;

namespace OnionHost.Rendezvous.Publishing;

/// <summary>
/// Keeps a service's two descriptors up: again after 60 to 120 minutes, and at once when introduction points, cookies, periods
/// or directories change (PROTOCOL appendix A). One loop owns it.
/// </summary>
internal sealed class DescriptorPublication : IDisposable
{
    private const int RememberedPeriods = 3;

    private static readonly TimeSpan ShortestPause = TimeSpan.FromMinutes(60);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(120);
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromMinutes(5);

    private readonly WakeUp _wake = new();
    private readonly NodeContext _context;
    private readonly Ed25519ExpandedKey _identity;
    private readonly IDescriptorBoard _board;
    private readonly Func<DescriptorContent?> _content;
    private readonly ILogger _logger;
    private volatile PublishedPeriod[] _periods = [];
    private volatile bool _dirty = true;
    private TimeSpan _retry = FirstRetry;

    /// <summary>Creates a publication; nothing is uploaded before <see cref="RunAsync"/>.</summary>
    /// <param name="context">Time, randomness, logs.</param>
    /// <param name="identity">The service's identity; the caller owns it.</param>
    /// <param name="board">Where descriptors are put up.</param>
    /// <param name="content">What to publish; null while there is nothing yet.</param>
    public DescriptorPublication(NodeContext context, Ed25519ExpandedKey identity, IDescriptorBoard board, Func<DescriptorContent?> content)
    {
        _context = context;
        _identity = identity;
        _board = board;
        _content = content;
        _logger = context.Loggers.CreateLogger<DescriptorPublication>();
        board.Changed += OnBoardChanged;
    }

    /// <summary>An upload ended, or failed with the error.</summary>
    public event Action<TorException?>? Changed;

    /// <summary>When a directory last stored a descriptor.</summary>
    public DateTimeOffset? LastPublished { get; private set; }

    /// <summary>How the last uploads went, both descriptors together.</summary>
    public UploadTally Outcome { get; private set; }

    /// <summary>True if visitors find a descriptor with today's keys.</summary>
    public bool IsVisible { get; private set; }

    /// <summary>The subcredentials that visitors may have used, of the present periods and the one before.</summary>
    public IReadOnlyList<byte[]> Subcredentials => [.. _periods.Select(period => period.Keys.Subcredential.ToArray())];

    /// <summary>The content changed: publish at once.</summary>
    public void Invalidate()
    {
        _dirty = true;
        _wake.Set();
    }

    /// <summary>Something else changed that publishing may have waited for.</summary>
    public void Look() => _wake.Set();

    /// <summary>Works until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var due = DateTimeOffset.MinValue;
        while (true)
        {
            if (_board.Slots is { } slots && _content() is { } content && (_dirty || due <= _context.Now || HasMoved(slots)))
            {
                _dirty = false;
                var pauseAfter = await OnionActivities.PublishAsync(() => PublishAsync(slots, content, cancellationToken)).ConfigureAwait(false);
                due = _context.Now + pauseAfter;
            }

            var pause = due > _context.Now ? due - _context.Now : LongestPause;
            await _wake.WaitAsync(pause, _context.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Overwrites the keys.</summary>
    public void Dispose()
    {
        _board.Changed -= OnBoardChanged;
        foreach (var period in _periods)
        {
            period.Dispose();
        }
    }

    private void OnBoardChanged() => _wake.Set();

    /// <summary>Uploads both descriptors at once, and gives the pause until the next time.</summary>
    private async Task<TimeSpan> PublishAsync(DescriptorSlots slots, DescriptorContent content, CancellationToken cancellationToken)
    {
        var (earlier, later) = (PeriodOf(slots.Earlier.Period), PeriodOf(slots.Later.Period));
        Forget(slots);
        var forClients = slots.ForClients == slots.Earlier ? earlier : later;
        TorException? fault = null;
        var uploads = new[] { UploadAsync(earlier, slots.Earlier, content, cancellationToken), UploadAsync(later, slots.Later, content, cancellationToken) };
        await foreach (var upload in Task.WhenEach(uploads).ConfigureAwait(false))
        {
            fault = await upload.ConfigureAwait(false) ?? fault;
            Note(earlier, later, forClients);
            Changed?.Invoke(fault);
        }

        if (earlier.Outcome.Stored > 0 && later.Outcome.Stored > 0)
        {
            _retry = FirstRetry;
            return ShortestPause + ((LongestPause - ShortestPause) * _context.Random.NextDouble());
        }

        var pause = _retry;
        _retry = _retry * 2 > LongestRetry ? LongestRetry : _retry * 2;
        PublishingLog.Failed(_logger, pause, fault?.Message ?? "no directory stored it.");
        return pause;
    }

    private async Task<TorException?> UploadAsync(
        PublishedPeriod period, DescriptorSlot slot, DescriptorContent content, CancellationToken cancellationToken)
    {
        try
        {
            period.Slot = slot;
            period.Directories = _board.Directories(slot, period.Keys.Key);
            var text = DescriptorEncoder.Encode(
                content.Descriptor, period.Keys, period.NextRevision(_context.Now), content.AuthorizedClients, _context);
            period.Outcome = await _board.UploadAsync(text, period.Keys.Key, slot, cancellationToken).ConfigureAwait(false);
            PublishingLog.Uploaded(_logger, period.Outcome.Stored, period.Outcome.Directories);
            return null;
        }
        catch (TorException fault)
        {
            period.Outcome = new UploadTally(0, period.Directories.Count);
            return fault;
        }
    }

    private void Note(PublishedPeriod earlier, PublishedPeriod later, PublishedPeriod forClients)
    {
        Outcome = new UploadTally(
            earlier.Outcome.Stored + later.Outcome.Stored, earlier.Outcome.Directories + later.Outcome.Directories);
        IsVisible = forClients.Outcome.Stored > 0;
        if (Outcome.Stored > 0)
        {
            LastPublished = _context.Now;
        }
    }

    private PublishedPeriod PeriodOf(TimePeriod period)
    {
        if (Array.Find(_periods, known => known.Keys.Period == period) is { } found)
        {
            return found;
        }

        var made = new PublishedPeriod(_identity, period, _board.StartOfCounting(period), _context);
        _periods = [.. _periods, made];
        return made;
    }

    /// <summary>Periods that are over go, but for the last: visitors whose consensus is older still use it.</summary>
    private void Forget(DescriptorSlots slots)
    {
        var old = _periods.Where(period => period.Keys.Period != slots.Earlier.Period && period.Keys.Period != slots.Later.Period)
            .OrderByDescending(period => period.Keys.Period.Number).Skip(RememberedPeriods - 2).ToArray();
        _periods = [.. _periods.Except(old)];
        foreach (var period in old)
        {
            period.Dispose();
        }
    }

    /// <summary>True if a slot is new, or other directories are responsible for it than those of the last upload.</summary>
    private bool HasMoved(DescriptorSlots slots) => HasMoved(slots.Earlier) || HasMoved(slots.Later);

    private bool HasMoved(DescriptorSlot slot) =>
        Array.Find(_periods, known => known.Keys.Period == slot.Period) is not { } period
        || period.Slot != slot
        || !period.Directories.ToHashSet().SetEquals(_board.Directories(slot, period.Keys.Key));
}
