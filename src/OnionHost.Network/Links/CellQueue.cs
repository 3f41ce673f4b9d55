using System.Buffers;
using OnionHost.Network.Links.Traffic;

namespace OnionHost.Network.Links;

/// <summary>Whole cells of one circuit that wait for the link's writer, in chunks of a pool. Used under the writer's lock.</summary>
internal sealed class CellQueue(int cellSize, NodeTraffic traffic)
{
    private const int ChunkSize = 8192;

    private readonly Queue<(byte[] Cells, long Since)> _chunks = new(1);
    private readonly int _cellsPerChunk = ChunkSize / cellSize;
    private byte[]? _last;
    private int _head;
    private int _tail;
    private volatile int _count;

    /// <summary>Cells that wait. May be read without the lock.</summary>
    public int Count => _count;

    /// <summary>True while the writer's round holds the queue.</summary>
    public bool IsWaiting { get; set; }

    /// <summary>How much the circuit sent lately; belongs to <see cref="QuietestFirst"/>.</summary>
    public double Activity { get; set; }

    /// <summary>Which of the round's eras <see cref="Activity"/> is counted in.</summary>
    public int Era { get; set; }

    /// <summary>When the oldest cells came that wait, a timestamp of the clock; null if none wait.</summary>
    public long? OldestSince => _chunks.TryPeek(out var first) ? first.Since : null;

    /// <summary>True after the circuit left the link: nothing more is taken.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Makes room for one cell at the end and gives it to the caller to fill.</summary>
    public Span<byte> Add()
    {
        if (_last is null || _tail == _cellsPerChunk)
        {
            _last = ArrayPool<byte>.Shared.Rent(ChunkSize);
            _chunks.Enqueue((_last, traffic.Time.GetTimestamp()));
            traffic.Memory.Add(ChunkSize);
            _tail = 0;
        }

        _count++;
        return _last.AsSpan(_tail++ * cellSize, cellSize);
    }

    /// <summary>Moves the first cell to <paramref name="destination"/>; there must be one.</summary>
    public void Take(Span<byte> destination)
    {
        var first = _chunks.Peek().Cells;
        first.AsSpan(_head * cellSize, cellSize).CopyTo(destination);
        _head++;
        _count--;
        if (_count == 0 || _head == _cellsPerChunk)
        {
            ReturnFirst();
        }
    }

    /// <summary>Drops all cells and takes no more.</summary>
    public void Close()
    {
        IsClosed = true;
        _count = 0;
        while (_chunks.Count > 0)
        {
            ReturnFirst();
        }
    }

    private void ReturnFirst()
    {
        ArrayPool<byte>.Shared.Return(_chunks.Dequeue().Cells);
        traffic.Memory.Remove(ChunkSize);
        _head = 0;
        if (_chunks.Count == 0)
        {
            _last = null;
        }
    }
}
