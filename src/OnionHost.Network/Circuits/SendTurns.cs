using OnionHost.Network.Streams;

namespace OnionHost.Network.Circuits;

/// <summary>
/// Shares an edge's window among its streams. A stream that finds the window used up waits; when it opens, those that
/// wait get equal shares in the order they came, and nobody overtakes them. Guarded by the circuit's send lock.
/// </summary>
internal sealed class SendTurns(CircuitFlow flow)
{
    /// <summary>Cells that one stream sends before it lets go of the lock.</summary>
    public const int Burst = 16;

    /// <summary>The smallest share, in cells: waking a stream for less costs more than it sends.</summary>
    private const int SmallestShare = 8;

    private readonly Queue<StreamSender> _waiting = new();
    private int _reserved;

    /// <summary>How many cells the stream may send now; with 0 it was noted as waiting, and is woken in its turn.</summary>
    public int Take(StreamSender sender)
    {
        var own = sender.Flow.Sendable;
        if (own <= 0)
        {
            Return(sender);
            sender.Wait(sender.Flow.RetryAfter);
            return 0;
        }

        if (sender.Share > 0)
        {
            return Math.Min(sender.Share, own);
        }

        var free = flow.Sendable - _reserved;
        if (free > 0 && _waiting.Count == 0)
        {
            return Math.Min(Math.Min(free, own), Burst);
        }

        if (!sender.IsQueued)
        {
            sender.IsQueued = true;
            _waiting.Enqueue(sender);
        }

        sender.Wait();
        return 0;
    }

    /// <summary>The stream sent one cell.</summary>
    public void Used(StreamSender sender)
    {
        if (sender.Share > 0)
        {
            sender.Share--;
            _reserved--;
        }
    }

    /// <summary>The stream has nothing more to send for now: what is left of its share goes to the others.</summary>
    public void Return(StreamSender sender)
    {
        if (sender.Share > 0)
        {
            _reserved -= sender.Share;
            sender.Share = 0;
            Distribute(resume: null);
        }
    }

    /// <summary>The window opened: wakes those whose turn has come.</summary>
    /// <param name="resume">Takes them; null leaves them to the thread pool.</param>
    public void Distribute(List<StreamSender>? resume)
    {
        var free = flow.Sendable - _reserved;
        while (free > 0 && _waiting.TryPeek(out var sender))
        {
            var share = Math.Min(free, Math.Max(SmallestShare, free / _waiting.Count));
            _waiting.Dequeue();
            sender.IsQueued = false;
            if (sender.IsStopped)
            {
                continue;
            }

            sender.Share = share;
            _reserved += share;
            free -= share;
            sender.Wake(resume);
        }
    }
}
