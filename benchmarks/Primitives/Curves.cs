using BenchmarkDotNet.Attributes;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Identities;

namespace OnionHost.Benchmarks.Primitives;

/// <summary>X25519 and Ed25519.</summary>
[MemoryDiagnoser]
public class Curves
{
    private readonly byte[] _message = new byte[200];
    private readonly byte[] _signature = new byte[Ed25519.SignatureSize];
    private readonly byte[] _shared = new byte[X25519KeyPair.Size];
    private X25519KeyPair _own = null!;
    private Curve25519PublicKey _peer;
    private Ed25519KeyPair _signer = null!;

    [GlobalSetup]
    public void Setup()
    {
        _own = X25519KeyPair.Generate(SystemRandomSource.Instance);
        _peer = X25519KeyPair.Generate(SystemRandomSource.Instance).Public;
        _signer = Ed25519KeyPair.Generate(SystemRandomSource.Instance);
        _signer.Sign(_message, _signature);
    }

    [Benchmark]
    public void X25519Generate() => X25519KeyPair.Generate(SystemRandomSource.Instance).Dispose();

    [Benchmark]
    public void X25519Agree() => _own.Agree(_peer, _shared);

    [Benchmark]
    public void Ed25519Sign() => _signer.Sign(_message, _signature);

    [Benchmark]
    public bool Ed25519Verify() => Ed25519.Verify(_signer.Public, _message, _signature);
}
