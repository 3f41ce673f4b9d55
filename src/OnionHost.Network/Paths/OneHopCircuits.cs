using OnionHost.Network.Circuits;
using OnionHost.Network.Directory;
using OnionHost.Protocol;
using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Identities;
using OnionHost.Protocol.Messages;

namespace OnionHost.Network.Paths;

/// <summary>Circuits of one hop to directories, shared by requests to the same one, and closed when idle. Safe for concurrent use.</summary>
internal sealed class OneHopCircuits(NodeContext context, LinkOpener links) : IAsyncDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan FetchTimeout = TimeSpan.FromSeconds(60);

    private readonly Lock _lock = new();
    private readonly Dictionary<RelayFingerprint, Entry> _circuits = [];
    private readonly CancellationTokenSource _stop = new();

    /// <summary>A circuit to the directory, an open one if there is one.</summary>
    /// <exception cref="TorException">It could not be reached.</exception>
    public async Task<ClientCircuit> GetAsync(DirectoryTarget target, CancellationToken cancellationToken)
    {
        Task<ClientCircuit> opening;
        lock (_lock)
        {
            if (!_circuits.TryGetValue(target.Fingerprint, out var entry) || entry.IsDead)
            {
                entry = new Entry(OpenAsync(target).MayFailUnheard());
                _circuits[target.Fingerprint] = entry;
            }

            entry.LastUsed = context.Now;
            opening = entry.Circuit;
        }

        return await opening.WaitAsync(cancellationToken);
    }

    /// <summary>Asks the directory at the end of a circuit. When the circuit is at fault, the next request gets another one.</summary>
    /// <exception cref="TorException">It did not answer, or not in HTTP.</exception>
    public async Task<DirectoryResponse> FetchAsync(
        DirectoryTarget target, ClientCircuit circuit, string path, IReadOnlyDictionary<string, string>? headers, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(FetchTimeout, context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        try
        {
            await using var stream = await circuit.LastHop.OpenDirectoryAsync(either.Token);
            var all = new Dictionary<string, string>(headers ?? new Dictionary<string, string>()) { ["Host"] = target.Host };
            return await DirectoryClient.GetAsync(stream.AsStream(), path, all, either.Token);
        }
        catch (Exception e) when (e is IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            Forget(target.Fingerprint, circuit);
            throw new TorException(TorErrorKind.Network, "A directory did not answer in time, or broke off.", isTransient: true, e);
        }
    }

    /// <summary>Closes circuits that nobody has asked for lately.</summary>
    public async Task CloseIdleAsync(TimeSpan idle)
    {
        List<Entry> over;
        lock (_lock)
        {
            var oldest = context.Now - idle;
            var keys = _circuits.Where(c => c.Value.IsDead || (c.Value.LastUsed < oldest && c.Value.IsIdle)).Select(c => c.Key).ToList();
            over = [.. keys.Select(k => _circuits[k])];
            keys.ForEach(k => _circuits.Remove(k));
        }

        foreach (var entry in over.Where(e => e.Circuit.IsCompletedSuccessfully))
        {
            await (await entry.Circuit).DisposeAsync();
        }
    }

    /// <summary>Closes all.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        List<Entry> all;
        lock (_lock)
        {
            all = [.. _circuits.Values];
            _circuits.Clear();
        }

        foreach (var entry in all)
        {
            await ((Task)entry.Circuit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (entry.Circuit.IsCompletedSuccessfully)
            {
                await (await entry.Circuit).DisposeAsync();
            }
        }
    }

    private async Task<ClientCircuit> OpenAsync(DirectoryTarget target)
    {
        // Not the caller's token: others may come to wait for the same circuit.
        await Task.Yield();
        using var late = new CancellationTokenSource(ConnectTimeout, context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, late.Token);
        try
        {
            var link = await links(target.Link, either.Token);
            return target.Hop is { } hop
                ? await ClientCircuit.CreateAsync(context, link, hop, either.Token)
                : await ClientCircuit.CreateFastAsync(context, link, either.Token);
        }
        catch (OperationCanceledException e) when (late.IsCancellationRequested)
        {
            throw new CircuitException("A directory could not be reached in time.", DestroyReason.Timeout, 0, e);
        }
    }

    private void Forget(RelayFingerprint fingerprint, ClientCircuit circuit)
    {
        circuit.Close();
        lock (_lock)
        {
            if (_circuits.TryGetValue(fingerprint, out var entry) && entry.Circuit.IsCompletedSuccessfully && entry.Circuit.Result == circuit)
            {
                _circuits.Remove(fingerprint);
            }
        }
    }

    private sealed class Entry(Task<ClientCircuit> circuit)
    {
        public Task<ClientCircuit> Circuit { get; } = circuit;

        public DateTimeOffset LastUsed { get; set; }

        public bool IsDead => Circuit.IsFaulted || Circuit.IsCanceled || (Circuit.IsCompletedSuccessfully && !Circuit.Result.IsOpen);

        public bool IsIdle => Circuit.IsCompletedSuccessfully && Circuit.Result.LastHop.OpenStreams == 0;
    }
}
