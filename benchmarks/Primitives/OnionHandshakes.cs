using BenchmarkDotNet.Attributes;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Handshakes;
using OnionHost.Protocol.Identities;

namespace OnionHost.Benchmarks.Primitives;

/// <summary>hs-ntor, each side: the visitor's introduction, the service's two steps, the visitor's completion.</summary>
[MemoryDiagnoser]
public class OnionHandshakes
{
    private readonly SystemRandomSource _random = SystemRandomSource.Instance;
    private readonly byte[] _subcredential = new byte[32];
    private readonly byte[] _proof = new byte[32];
    private Ed25519Identity _authKey;
    private X25519KeyPair _encryptionKey = null!;
    private HsNtorClient _client = null!;
    private Curve25519PublicKey _serverKey;

    [GlobalSetup]
    public void Setup()
    {
        _authKey = new Ed25519Identity(_random.Bytes(32));
        _encryptionKey = X25519KeyPair.Generate(_random);
        _client = HsNtorClient.Begin(_authKey, _encryptionKey.Public, _subcredential, _random);
        HsNtorService.Answer(_encryptionKey, _authKey, _client.PublicKey, _random, out _serverKey, _proof).Dispose();
    }

    [Benchmark]
    public void ClientIntroduce() => HsNtorClient.Begin(_authKey, _encryptionKey.Public, _subcredential, _random).Dispose();

    [Benchmark]
    public void ServiceOpen() => HsNtorService.KeysFor(_encryptionKey, _authKey, _subcredential, _client.PublicKey).Dispose();

    [Benchmark]
    public void ServiceAnswer()
    {
        Span<byte> proof = stackalloc byte[32];
        HsNtorService.Answer(_encryptionKey, _authKey, _client.PublicKey, _random, out _, proof).Dispose();
    }

    [Benchmark]
    public void ClientComplete() => _client.Complete(_serverKey, _proof).Dispose();
}
