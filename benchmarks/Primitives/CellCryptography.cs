using BenchmarkDotNet.Attributes;
using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.RelayCrypto;

namespace OnionHost.Benchmarks.Primitives;

/// <summary>What one cell of 509 bytes costs in ciphers and digests. Nothing of it may allocate.</summary>
[MemoryDiagnoser]
public class CellCryptography
{
    private readonly byte[] _cell = new byte[CellFraming.PayloadSize];
    private readonly byte[] _tag = new byte[LayerDirection.TagSize];
    private readonly byte[] _digest = new byte[32];
    private readonly AesCtr _aes128 = new(new byte[16]);
    private readonly AesCtr _aes256 = new(new byte[32]);
    private readonly RunningDigest _sha1 = RunningDigest.Sha1([]);
    private readonly RunningDigest _sha3 = RunningDigest.Sha3([]);
    private readonly Ends _relay = new(() => RelayLayer.Tor1(new byte[RelayLayer.Tor1KeySize]));
    private readonly Ends _onion = new(() => RelayLayer.OnionHop(new byte[RelayLayer.OnionHopKeySize]));
    private readonly Ends[] _path = [.. Enumerable.Range(0, 3).Select(_ => new Ends(() => RelayLayer.Tor1(new byte[RelayLayer.Tor1KeySize])))];

    [Benchmark]
    public void Aes128Ctr() => _aes128.Process(_cell);

    [Benchmark]
    public void Aes256Ctr() => _aes256.Process(_cell);

    [Benchmark]
    public void Sha1Running()
    {
        _sha1.Try(_cell, _digest);
        _sha1.Commit();
    }

    [Benchmark]
    public void Sha3Running()
    {
        _sha3.Try(_cell, _digest);
        _sha3.Commit();
    }

    /// <summary>A middle relay, outward: its layer off, and the look whether the cell ends here.</summary>
    [Benchmark]
    public bool RelayOutward()
    {
        _path[0].Far.Forward.Crypt(_cell);
        return (_cell[1] | _cell[2]) == 0;
    }

    /// <summary>A middle relay, inward: its layer on.</summary>
    [Benchmark]
    public void RelayInward() => _path[0].Far.Backward.Crypt(_cell);

    /// <summary>A relay seals a cell and its client opens it: tor1, one hop, both ends.</summary>
    [Benchmark]
    public bool Tor1SealAndOpen() => _relay.SealAndOpen(_cell, _tag);

    /// <summary>A service seals a cell and its visitor opens it: the layer between the two, both ends.</summary>
    [Benchmark]
    public bool OnionSealAndOpen() => _onion.SealAndOpen(_cell, _tag);

    /// <summary>A cell from the third hop: sealed there, wrapped by two relays, peeled three times and opened by the client.</summary>
    [Benchmark]
    public bool ThreeHopsInward()
    {
        Ends.Blank(_cell);
        _path[2].Far.Backward.Seal(_cell, _tag);
        _path[1].Far.Backward.Crypt(_cell);
        _path[0].Far.Backward.Crypt(_cell);
        foreach (var hop in _path)
        {
            hop.Near.Backward.Crypt(_cell);
        }

        return _path[2].Near.Backward.TryRecognize(_cell, _tag) ? true : throw new InvalidOperationException("The cell was not recognized.");
    }

    /// <summary>Both ends of one layer.</summary>
    private sealed class Ends(Func<RelayLayer> create)
    {
        public RelayLayer Near { get; } = create();

        public RelayLayer Far { get; } = create();

        public static void Blank(byte[] cell) => cell.AsSpan(0, 11).Clear();

        public bool SealAndOpen(byte[] cell, byte[] tag)
        {
            Blank(cell);
            Far.Backward.Seal(cell, tag);
            Near.Backward.Crypt(cell);
            return Near.Backward.TryRecognize(cell, tag) ? true : throw new InvalidOperationException("The cell was not recognized.");
        }
    }
}
