using OnionHost.Protocol.Directory.Consensuses;

namespace OnionHost.Network.Links.Traffic;

/// <summary>What all links of a node share: its bandwidth, what it has seen of it, its queues' memory, and how they take turns.</summary>
internal sealed class NodeTraffic
{
    /// <summary>How long until a circuit's activity counts half (CircuitPriorityHalflifeMsec).</summary>
    public static readonly TimeSpan DefaultHalfLife = TimeSpan.FromSeconds(30);

    private readonly TokenBucket? _bucket;
    private readonly Bandwidth? _perLink;
    private long _received;
    private long _sent;
    private long _cellsReceived;
    private long _cellsSent;
    private long _halfLife = DefaultHalfLife.Ticks;

    public NodeTraffic(TimeProvider time, LinkOptions options)
    {
        Time = time;
        History = new BandwidthHistory(time);
        Memory = new QueueMemory(options.MaxMemoryInQueues ?? QueueMemory.DefaultLimit(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes));
        _bucket = BucketOf(options.Bandwidth);
        _perLink = options.BandwidthPerLink;
    }

    /// <summary>The node's clock.</summary>
    public TimeProvider Time { get; }

    /// <summary>What the node has carried lately.</summary>
    public BandwidthHistory History { get; }

    /// <summary>What waits on all links.</summary>
    public QueueMemory Memory { get; }

    /// <summary>Bytes of cells that came, and bytes that applications gave us.</summary>
    public long BytesReceived => Volatile.Read(ref _received);

    /// <summary>Bytes of cells that went, and bytes that applications took.</summary>
    public long BytesSent => Volatile.Read(ref _sent);

    /// <summary>Cells that came on all links.</summary>
    public long CellsReceived => Volatile.Read(ref _cellsReceived);

    /// <summary>Cells that went on all links.</summary>
    public long CellsSent => Volatile.Read(ref _cellsSent);

    /// <summary>How long until a circuit's activity counts half.</summary>
    public TimeSpan PriorityHalfLife
    {
        get => new(Volatile.Read(ref _halfLife));
        set => Volatile.Write(ref _halfLife, Math.Max(value.Ticks, TimeSpan.TicksPerMillisecond));
    }

    /// <summary>Does from here on what a consensus says.</summary>
    public void Follow(NetworkParameters parameters) => PriorityHalfLife = TimeSpan.FromMilliseconds(
        parameters.GetInt("CircuitPriorityHalflifeMsec", (int)DefaultHalfLife.TotalMilliseconds, 1));

    /// <summary>The pace of a new link; null if nothing limits it.</summary>
    public ReadPace? PaceOfLink() => _bucket is null && _perLink is null ? null : new ReadPace(Time, _bucket, BucketOf(_perLink));

    /// <summary>The pace of an application's connection, such as an exit's; null if nothing limits it.</summary>
    public ReadPace? PaceOfApplication() => _bucket is null ? null : new ReadPace(Time, _bucket, own: null);

    /// <summary>Bytes came.</summary>
    public void OnReceived(int bytes)
    {
        Interlocked.Add(ref _received, bytes);
        History.OnRead(bytes);
    }

    /// <summary>Bytes went.</summary>
    public void OnSent(int bytes)
    {
        Interlocked.Add(ref _sent, bytes);
        History.OnWritten(bytes);
    }

    /// <summary>A read brought so many cells.</summary>
    public void OnCellsReceived(int cells) => Interlocked.Add(ref _cellsReceived, cells);

    /// <summary>A record took so many cells.</summary>
    public void OnCellsSent(int cells) => Interlocked.Add(ref _cellsSent, cells);

    private TokenBucket? BucketOf(Bandwidth? limit) => limit is { } bandwidth ? new TokenBucket(Time, bandwidth.Rate, bandwidth.Burst) : null;
}
