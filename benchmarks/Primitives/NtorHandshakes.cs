using BenchmarkDotNet.Attributes;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Handshakes;
using OnionHost.Protocol.Identities;

namespace OnionHost.Benchmarks.Primitives;

/// <summary>ntor and ntor-v3, each side; a client's part is a beginning and a completion.</summary>
[MemoryDiagnoser]
public class NtorHandshakes
{
    private readonly SystemRandomSource _random = SystemRandomSource.Instance;
    private readonly byte[] _reply = new byte[NtorClientHandshake.ReplySize];
    private RelayFingerprint _fingerprint;
    private Ed25519Identity _identity;
    private NtorOnionKeys _keys = null!;
    private NtorClientHandshake _client = null!;
    private NtorV3ClientHandshake _clientV3 = null!;
    private byte[] _replyV3 = null!;

    [GlobalSetup]
    public void Setup()
    {
        _fingerprint = new RelayFingerprint(_random.Bytes(20));
        _identity = new Ed25519Identity(_random.Bytes(32));
        _keys = new NtorOnionKeys(X25519KeyPair.Generate(_random), Previous: null);
        _client = NtorClientHandshake.Begin(_fingerprint, _keys.Current.Public, _random);
        NtorServer.Answer(_client.Onionskin.Span, _fingerprint, _keys, _random, _reply).Dispose();
        _clientV3 = NtorV3ClientHandshake.Begin(_identity, _keys.Current.Public, [], _random);
        using var server = NtorV3Server.Open(_clientV3.Onionskin.Span, _identity, _keys);
        server.Answer([], _random, out _replyV3).Dispose();
    }

    [Benchmark]
    public void NtorClientBegin() => NtorClientHandshake.Begin(_fingerprint, _keys.Current.Public, _random).Dispose();

    [Benchmark]
    public void NtorClientComplete() => _client.Complete(_reply).Dispose();

    [Benchmark]
    public void NtorServerAnswer()
    {
        Span<byte> reply = stackalloc byte[NtorClientHandshake.ReplySize];
        NtorServer.Answer(_client.Onionskin.Span, _fingerprint, _keys, _random, reply).Dispose();
    }

    [Benchmark]
    public void NtorV3ClientBegin() => NtorV3ClientHandshake.Begin(_identity, _keys.Current.Public, [], _random).Dispose();

    [Benchmark]
    public void NtorV3ClientComplete() => _clientV3.Complete(_replyV3).Dispose();

    [Benchmark]
    public void NtorV3ServerAnswer()
    {
        using var server = NtorV3Server.Open(_clientV3.Onionskin.Span, _identity, _keys);
        server.Answer([], _random, out _).Dispose();
    }
}
