using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Identities;
using OnionHost.Tests.Shared;

namespace OnionHost.Protocol.Tests.Cryptography;

public sealed class X25519Tests
{
    public static TheoryData<string> Backend => BothBackends.Names;

    [SkippableTheory]
    [MemberData(nameof(Backend))]
    public void BothSidesAgreeOnTheKnownKeys(string backend)
    {
        var chosen = BothBackends.Choose(backend);
        foreach (var vector in Vectors.Load("ntor.json").GetProperty("vectors").EnumerateArray())
        {
            using var x = X25519KeyPair.FromSecret(vector.Hex("x"), chosen);
            using var y = X25519KeyPair.FromSecret(vector.Hex("y"), chosen);
            Assert.Equal(vector.Hex("X"), x.Public.ToArray());
            Assert.Equal(vector.Hex("Y"), y.Public.ToArray());
            var (one, two) = (new byte[32], new byte[32]);
            x.Agree(y.Public, one);
            y.Agree(x.Public, two);
            Assert.Equal(one, two);
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Backend))]
    public void TheBackendsGiveTheSame(string backend)
    {
        var chosen = BothBackends.Choose(backend);
        for (var i = 0; i < 20; i++)
        {
            var secret = SystemRandomSource.Instance.Bytes(32);
            var peer = new Curve25519PublicKey(SystemRandomSource.Instance.Bytes(32));
            using var managed = X25519KeyPair.FromSecret(secret, CryptographyBackend.Managed);
            using var pair = X25519KeyPair.FromSecret(secret, chosen);
            var (one, two) = (new byte[32], new byte[32]);
            managed.Agree(peer, one);
            pair.Agree(peer, two);
            Assert.Equal(managed.Public, pair.Public);
            Assert.Equal(one, two);
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Backend))]
    public void SmallOrderKeysAreRefused(string backend)
    {
        using var pair = X25519KeyPair.FromSecret(SystemRandomSource.Instance.Bytes(32), BothBackends.Choose(backend));
        var shared = new byte[32];
        var one = new byte[32];
        one[0] = 1;
        Assert.Throws<ProtocolException>(() => pair.Agree(default, shared));
        Assert.Throws<ProtocolException>(() => pair.Agree(new Curve25519PublicKey(one), shared));
        Assert.Equal(new byte[32], shared);
    }

    [Fact]
    public void SecretsAreClampedAndDisposed()
    {
        var pair = X25519KeyPair.Generate(SystemRandomSource.Instance);
        var secret = new byte[32];
        pair.CopySecretTo(secret);
        Assert.Equal(0, secret[0] & 7);
        Assert.Equal(64, secret[31] & 0xc0);
        using (var again = X25519KeyPair.FromSecret(secret))
        {
            Assert.Equal(pair.Public, again.Public);
        }

        Assert.Throws<ProtocolException>(() => X25519KeyPair.FromSecret(secret.AsSpan(1)));
        pair.Dispose();
        Assert.Throws<ObjectDisposedException>(() => pair.CopySecretTo(secret));
    }
}
