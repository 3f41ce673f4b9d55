using System.Buffers;
using OnionHost.Network.Links.Traffic;
using OnionHost.Network.Tls;
using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Links;

/// <summary>
/// The sending half of a link: a queue for each circuit and one for the link itself. It takes cells from the queues that
/// wait, the quietest circuit's first, as many as fill four TLS records, and writes those at once. It runs only while there is
/// something to write.
/// </summary>
internal sealed class LinkWriter : IThreadPoolWorkItem
{
    /// <summary>Four records: what the kernel sends, and wakes the peer for, costs by the call more than by the byte.</summary>
    private const int BatchSize = 4 * 16384;

    /// <summary>Then the thread that started the writer gets free again.</summary>
    private const int BatchesPerTurn = 4;

    private readonly Lock _lock = new();
    private readonly QuietestFirst _waiting;
    private readonly CellQueue _control;
    private readonly TlsConnection _tls;
    private readonly NodeTraffic _traffic;
    private readonly int _circuitIdSize;
    private readonly int _cellSize;
    private readonly Action<Exception> _onFault;
    private bool _isActive;
    private bool _isClosed;
    private int _queued;
    private long _lastWrite;
    private long _bytesWritten;

    /// <summary>Starts with nothing to write.</summary>
    /// <param name="tls">Where to.</param>
    /// <param name="circuitIdSize">2 or 4 bytes.</param>
    /// <param name="traffic">What the links of the node share.</param>
    /// <param name="onFault">Called once when writing failed.</param>
    public LinkWriter(TlsConnection tls, int circuitIdSize, NodeTraffic traffic, Action<Exception> onFault)
    {
        _tls = tls;
        _circuitIdSize = circuitIdSize;
        _cellSize = CellFraming.FixedCellSize(circuitIdSize);
        _traffic = traffic;
        _onFault = onFault;
        _waiting = new QuietestFirst(traffic);
        _control = CreateQueue();
        _lastWrite = traffic.Time.GetTimestamp();
    }

    /// <summary>Bytes of cells written so far.</summary>
    public long BytesWritten => Interlocked.Read(ref _bytesWritten);

    /// <summary>Cells of all circuits that wait.</summary>
    public int Queued => Volatile.Read(ref _queued);

    /// <summary>How long nothing was written.</summary>
    public TimeSpan SinceLastWrite => _traffic.Time.GetElapsedTime(Interlocked.Read(ref _lastWrite));

    /// <summary>Makes the queue of a circuit.</summary>
    public CellQueue CreateQueue() => new(_cellSize, _traffic);

    /// <summary>Queues a cell of a circuit. False if the queue holds <paramref name="limit"/> already, or all queues
    /// together <paramref name="totalLimit"/>; true also if the circuit has left.</summary>
    public bool TrySend(CellQueue queue, CircuitId id, CellCommand command, ReadOnlySpan<byte> payload, int limit, int totalLimit)
    {
        lock (_lock)
        {
            if (queue.IsClosed || _isClosed)
            {
                return true;
            }

            if (queue.Count >= limit || _queued >= totalLimit)
            {
                return false;
            }

            Put(queue, id, command, payload);
            if (!TryActivate())
            {
                return true;
            }
        }

        Wake();
        return true;
    }

    /// <summary>Queues a cell before those of all circuits. False if too many wait: the peer does not read.</summary>
    public bool TrySendControl(CircuitId id, CellCommand command, ReadOnlySpan<byte> payload, int limit) =>
        TrySend(_control, id, command, payload, limit, int.MaxValue);

    /// <summary>Drops a circuit's cells and takes no more of it.</summary>
    public void Drop(CellQueue queue)
    {
        lock (_lock)
        {
            _queued -= queue.Count;
            queue.Close();
        }
    }

    /// <summary>When the oldest cells came that a circuit has waiting, a timestamp of the clock; null if none wait.</summary>
    public long? OldestSince(CellQueue queue)
    {
        lock (_lock)
        {
            return queue.OldestSince;
        }
    }

    /// <summary>Takes nothing more.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _isClosed = true;
            _control.Close();
            _waiting.Clear();
        }
    }

    /// <summary>Writes until nothing waits; on this thread as long as the socket takes it at once.</summary>
    public void Execute() => _ = RunAsync();

    private async Task RunAsync()
    {
        var batch = ArrayPool<byte>.Shared.Rent(BatchSize);
        try
        {
            for (var count = 1; Fill(batch) is > 0 and var size; count++)
            {
                await _tls.WriteAsync(batch.AsMemory(0, size), CancellationToken.None);
                Interlocked.Add(ref _bytesWritten, size);
                _traffic.OnSent(size);
                _traffic.OnCellsSent(size / _cellSize);
                Interlocked.Exchange(ref _lastWrite, _traffic.Time.GetTimestamp());
                if (count % BatchesPerTurn == 0)
                {
                    await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
                }
            }
        }
        catch (Exception e)
        {
            // The writer stays active, so that nobody starts it again.
            Close();
            _onFault(e);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(batch);
        }
    }

    private int Fill(Span<byte> batch)
    {
        lock (_lock)
        {
            var size = 0;
            _waiting.BeginTurn();
            while (size + _cellSize <= BatchSize && Next() is { } queue)
            {
                queue.Take(batch[size..]);
                size += _cellSize;
                _queued--;
            }

            _isActive = size > 0;
            return size;
        }
    }

    private CellQueue? Next() => _control.Count > 0 ? _control : _waiting.Next();

    private void Put(CellQueue queue, CircuitId id, CellCommand command, ReadOnlySpan<byte> payload)
    {
        CellFraming.WriteFixed(queue.Add(), _circuitIdSize, id, command, payload);
        _queued++;
        if (!queue.IsWaiting && queue != _control)
        {
            _waiting.Add(queue);
        }
    }

    private bool TryActivate()
    {
        var wasActive = _isActive;
        _isActive = true;
        return !wasActive;
    }

    private void Wake()
    {
        if (!LinkBatch.TryDefer(this))
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }
}
