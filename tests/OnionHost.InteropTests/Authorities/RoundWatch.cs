using System.Threading.Channels;
using OnionHost.Protocol.Directory.Consensuses;

namespace OnionHost.InteropTests;

/// <summary>Collects what stock and our authorities publish, round by round. Stock ones tell by a notice that they have published.</summary>
internal sealed class RoundWatch : IAsyncDisposable
{
    private readonly MixedAuthorities _network;
    private readonly CancellationTokenSource _stop = new();
    private readonly SortedDictionary<DateTimeOffset, VotedRound> _rounds = [];
    private readonly Channel<VotedRound> _done = Channel.CreateUnbounded<VotedRound>();
    private readonly List<Task> _watches = [];
    private readonly Lock _lock = new();

    public RoundWatch(MixedAuthorities network)
    {
        _network = network;
        foreach (var authority in network.Ours)
        {
            authority.Server.Voting.Published += microdesc =>
            {
                Add(authority.Nickname, microdesc);
                Add(authority.Nickname, authority.Server.Server.Store.Consensus(ConsensusFlavor.Ns)!);
            };
        }

        _watches.AddRange(network.Stock.Select(node => Task.Run(() => WatchAsync(node))));
    }

    private int Wanted => 2 * _network.Authorities.Count;

    /// <summary>The next round of which all copies are there, or which a later one has overtaken.</summary>
    public ValueTask<VotedRound> NextAsync(CancellationToken stop) => _done.Reader.ReadAsync(stop);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_watches).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private void Add(string authority, Consensus consensus)
    {
        lock (_lock)
        {
            if (!_rounds.TryGetValue(consensus.ValidAfter, out var round))
            {
                _rounds[consensus.ValidAfter] = round = new VotedRound(consensus.ValidAfter);
            }

            round.Add(authority, consensus);
            while (_rounds.Count > 0 && (_rounds.First().Value.Count == Wanted || _rounds.Last().Value.Count == Wanted))
            {
                var first = _rounds.First();
                _rounds.Remove(first.Key);
                _done.Writer.TryWrite(first.Value);
            }
        }
    }

    private async Task WatchAsync(StockNode node)
    {
        try
        {
            await using var control = await StockControl.ConnectAsync(node, _stop.Token);
            await control.SendAsync("SETEVENTS NOTICE", _stop.Token);
            while (true)
            {
                await control.NextEventAsync(e => e.Contains("Published microdesc consensus", StringComparison.Ordinal), _stop.Token);
                foreach (var name in new[] { "consensus", "consensus-microdesc" })
                {
                    // Not over the DirPort: that serves the old one until a worker thread has compressed the new one.
                    Add(node.Nickname, Consensus.Parse(await control.DocumentAsync($"dir/status-vote/current/{name}", _stop.Token)));
                }
            }
        }
        catch (Exception fault) when (!_stop.IsCancellationRequested)
        {
            _done.Writer.TryComplete(fault);
        }
    }
}
