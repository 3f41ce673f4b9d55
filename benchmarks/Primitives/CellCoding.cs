using BenchmarkDotNet.Attributes;
using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Identities;
using OnionHost.Protocol.Messages;

namespace OnionHost.Benchmarks.Primitives;

/// <summary>Cells and relay messages to bytes and back. Nothing of it may allocate.</summary>
[MemoryDiagnoser]
public class CellCoding
{
    private readonly byte[] _link = new byte[CellFraming.FixedCellSize(4)];
    private readonly byte[] _payload = new byte[CellFraming.PayloadSize];
    private readonly byte[] _body = new byte[RelayMessage.BodyMax];

    [GlobalSetup]
    public void Setup()
    {
        WriteCell();
        WriteData();
    }

    [Benchmark]
    public int WriteCell() => CellFraming.WriteFixed(_link, 4, new CircuitId(7), CellCommand.Relay, _payload);

    [Benchmark]
    public int ReadCell() => CellFraming.TryRead(_link, 4, out _, out var consumed) ? consumed : 0;

    [Benchmark]
    public void WriteData() => RelayMessage.Write(_payload, RelayCommand.Data, new StreamId(5), _body, SystemRandomSource.Instance);

    /// <summary>A short message: the rest of the cell is random.</summary>
    [Benchmark]
    public void WriteSendme() => RelayMessage.Write(_payload, RelayCommand.Sendme, StreamId.None, _body.AsSpan(0, 23), SystemRandomSource.Instance);

    [Benchmark]
    public int ReadMessage() => RelayMessage.Read(_payload).Body.Length;
}
