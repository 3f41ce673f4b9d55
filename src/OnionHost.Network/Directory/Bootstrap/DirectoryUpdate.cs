using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Directory.Consensuses;

namespace OnionHost.Network.Directory.Bootstrap;

/// <summary>
/// One walk from certificates over the consensus to descriptions of its relays, each step verified. It remembers a consensus
/// whose relays are not known well enough yet, and goes on there the next time. One caller at a time.
/// </summary>
internal sealed class DirectoryUpdate
{
    private const int AttemptsAtCompleteness = 3;

    private readonly NodeContext _context;
    private readonly NetworkDirectoryOptions _options;
    private readonly DirectoryStore _store;
    private readonly ConsensusChecks _checks;
    private readonly ConsensusFetcher _consensuses;
    private readonly DocumentFetcher _documents;
    private readonly DirectoryFiles _files;
    private NetworkView? _published;
    private Consensus? _pending;
    private Consensus? _pendingNs;
    private int _attempts;

    public DirectoryUpdate(NodeContext context, NetworkDirectoryOptions options, DirectoryStore store, IDirectorySource source)
    {
        _context = context;
        _options = options;
        _store = store;
        _checks = new ConsensusChecks(options.Authorities);
        var patient = new UnbreakableSource(source);
        _consensuses = new ConsensusFetcher(context, _checks, store, patient);
        _documents = new DocumentFetcher(context, store, patient);
        _files = new DirectoryFiles(context, options.DataDirectory);
    }

    /// <summary>Hears how far it is.</summary>
    public required Action<BootstrapPhase, int> Progressed { get; init; }

    /// <summary>Hears of each new view that has enough.</summary>
    public required Action<NetworkView> Published { get; init; }

    /// <summary>True if nothing is missing that the newest consensus lists.</summary>
    public bool IsComplete =>
        _pending is { } micro && _documents.MissingMicrodescriptors(micro).Count == 0
        && (!_options.IsCache || (_pendingNs is { } ns && ns.ValidAfter >= micro.ValidAfter && _documents.MissingDescriptors(ns).Count == 0));

    /// <summary>Takes what is on disk, if it still holds.</summary>
    public async Task LoadAsync(CancellationToken ct)
    {
        _consensuses.AddCertificates(await _files.ReadAsync(DirectoryFiles.Certificates, ct));
        _pending = await LoadConsensusAsync(ConsensusFlavor.Microdesc, ct);
        if (_pending is null)
        {
            return;
        }

        await _files.ReadDocumentsAsync(
            DirectoryFiles.Microdescriptors, Microdescriptor.FirstKeyword, d => _store.AddMicrodescriptor(Microdescriptor.Parse(d.Span)), ct);
        if (_options.IsCache)
        {
            _pendingNs = await LoadConsensusAsync(ConsensusFlavor.Ns, ct);
            await _files.ReadDocumentsAsync(
                DirectoryFiles.Descriptors, ServerDescriptor.FirstKeyword, d => _store.AddDescriptor(ServerDescriptor.Parse(d.Span)), ct);
        }

        var view = NetworkViewBuilder.Build(_pending, _store, _options.MinimumRelays);
        if (view.HasEnough && (IsComplete || !_options.IsCache))
        {
            Publish(view);
        }
    }

    /// <summary>Does what is due, and publishes what came of it.</summary>
    /// <param name="renew">True to ask for a newer consensus, false to ask only for what is missing.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="Protocol.TorException">Something is in the way; the message says what, why and what to do.</exception>
    public async Task RunAsync(bool renew, CancellationToken ct)
    {
        var before = _published;
        if (_consensuses.LacksCertificates)
        {
            Progressed(BootstrapPhase.Certificates, 5);
            await _consensuses.FetchCertificatesAsync(ct);
        }

        Progressed(BootstrapPhase.Consensus, 15);
        await FetchConsensusesAsync(renew, ct);
        if (_pending is { } pending)
        {
            await FetchDocumentsAsync(pending, ct);
            TryPublish(pending);
        }

        if (_published != before)
        {
            await SaveAsync(ct);
        }
    }

    private async Task<Consensus?> LoadConsensusAsync(ConsensusFlavor flavor, CancellationToken ct)
    {
        var consensus = await _files.ReadConsensusAsync(flavor, ct);
        return consensus is not null
            && consensus.Flavor == flavor
            && _context.Now <= consensus.ValidUntil + ConsensusChecks.Tolerance
            && _context.Now >= consensus.ValidAfter - ConsensusChecks.Tolerance
            && _checks.IsSigned(consensus, _store, _context.Now)
                ? consensus
                : null;
    }

    private async Task FetchConsensusesAsync(bool renew, CancellationToken ct)
    {
        // What is pending and still fresh is only waiting for descriptors.
        var isWaiting = _pending is not null && _pending != _published?.Consensus && _pending.FreshUntil > _context.Now;
        if ((renew && !isWaiting) || _pending is null)
        {
            if (await _consensuses.FetchAsync(ConsensusFlavor.Microdesc, _pending, ct) is { } newer)
            {
                (_pending, _attempts) = (newer, 0);
            }
        }

        if (_options.IsCache && (_pendingNs is null || _pendingNs.ValidAfter < _pending?.ValidAfter))
        {
            _pendingNs = await _consensuses.FetchAsync(ConsensusFlavor.Ns, _pendingNs, ct) ?? _pendingNs;
        }
    }

    private async Task FetchDocumentsAsync(Consensus pending, CancellationToken ct)
    {
        _attempts++;
        ReportDescriptors(pending);
        await _documents.FetchMicrodescriptorsAsync(pending, () => ReportDescriptors(pending), ct);
        if (_pendingNs is { } ns)
        {
            await _documents.FetchDescriptorsAsync(ns, ct);
        }
    }

    private void ReportDescriptors(Consensus pending)
    {
        var missing = _documents.MissingMicrodescriptors(pending).Count;
        var all = Math.Max(1, pending.Relays.Count);
        Progressed(BootstrapPhase.Descriptors, 25 + (70 * Math.Max(0, all - missing) / all));
    }

    private void TryPublish(Consensus pending)
    {
        var view = NetworkViewBuilder.Build(pending, _store, _options.MinimumRelays);
        if (pending == _published?.Consensus && view.Relays.Count == _published.Relays.Count)
        {
            return;
        }

        if (!view.HasEnough)
        {
            throw NetworkViewBuilder.Fault(view, _options.MinimumRelays);
        }

        // Clients stop asking a cache that lacks what its consensus lists, so a cache tries to be complete first.
        if (!_options.IsCache || IsComplete || _attempts >= AttemptsAtCompleteness)
        {
            Publish(view);
        }
    }

    private void Publish(NetworkView view)
    {
        _store.SetConsensus(view.Consensus);
        if (_pendingNs is { } ns)
        {
            _store.SetConsensus(ns);
        }

        _published = view;
        Published(view);
    }

    private async Task SaveAsync(CancellationToken ct)
    {
        await _files.WriteAsync(DirectoryFiles.Certificates, _store.Certificates.Select(c => c.Bytes), ct);
        await _files.WriteAsync(DirectoryFiles.Microdescriptors, _store.Microdescriptors.Select(m => m.Bytes), ct);
        if (_options.IsCache && _pendingNs is { } ns)
        {
            await _files.WriteAsync(DirectoryFiles.Descriptors, _store.Descriptors.Select(d => d.Bytes), ct);
            await _files.WriteAsync(DirectoryFiles.ConsensusName(ConsensusFlavor.Ns), [ns.Document], ct);
        }

        if (_published is { } published)
        {
            await _files.WriteAsync(DirectoryFiles.ConsensusName(ConsensusFlavor.Microdesc), [published.Consensus.Document], ct);
        }
    }
}
