using Microsoft.Extensions.Logging.Abstractions;
using OnionHost.Network.Relays.Keys;
using OnionHost.Protocol;
using OnionHost.Protocol.Certificates;
using OnionHost.Protocol.Cryptography;
using OnionHost.Tests.Shared;

namespace OnionHost.Network.Tests.Relays.Keys;

public sealed class RelayKeysTests : IDisposable
{
    private readonly ManualTimeProvider _clock = new();
    private readonly string _folder = Path.Combine(Path.GetTempPath(), "onionhost-keys-" + Path.GetRandomFileName());

    private NodeContext Context => new(_clock, SystemRandomSource.Instance, NullLoggerFactory.Instance);

    private string Keys => Path.Combine(_folder, "keys");

    public void Dispose()
    {
        if (System.IO.Directory.Exists(_folder))
        {
            System.IO.Directory.Delete(_folder, recursive: true);
        }
    }

    [Fact]
    public void A_relay_stays_itself_across_restarts()
    {
        string before;
        using (var keys = Load())
        {
            before = Describe(keys);
        }

        using var again = Load();
        Assert.Equal(before, Describe(again));
    }

    [Fact]
    public void Keys_in_memory_differ_and_fit_together()
    {
        using var one = RelayKeys.Generate(Context, leafKind: LinkLeafKind.EllipticCurve);
        using var other = RelayKeys.Generate(Context, leafKind: LinkLeafKind.EllipticCurve);
        Assert.NotEqual(one.Fingerprint, other.Fingerprint);
        Assert.True(one.SigningCertificate.Verify(one.Identity, _clock.GetUtcNow()));
        Assert.Equal(one.SigningKey.Public, one.SigningCertificate.CertifiedKey);
        Assert.Equal(one.Fingerprint, one.LinkCredentials.Fingerprint);
        Assert.Equal(one.Identity, one.LinkCredentials.Identity);
    }

    [Fact]
    public void Files_are_those_of_tor_and_private()
    {
        using var keys = Load();
        var sizes = System.IO.Directory.GetFiles(Keys).ToDictionary(f => Path.GetFileName(f), f => new FileInfo(f).Length);
        Assert.Equal(96, sizes["ed25519_master_id_secret_key"]);
        Assert.Equal(64, sizes["ed25519_master_id_public_key"]);
        Assert.Equal(96, sizes["ed25519_signing_secret_key"]);
        Assert.Equal(172, sizes["ed25519_signing_cert"]);
        Assert.Equal(96, sizes["secret_onion_key_ntor"]);
        Assert.StartsWith("-----BEGIN RSA PRIVATE KEY-----", File.ReadAllText(Path.Combine(Keys, "secret_id_key")), StringComparison.Ordinal);
        Assert.StartsWith("-----BEGIN RSA PRIVATE KEY-----", File.ReadAllText(Path.Combine(Keys, "secret_onion_key")), StringComparison.Ordinal);
        Assert.Equal(7, sizes.Count);
        if (!OperatingSystem.IsWindows())
        {
            foreach (var file in System.IO.Directory.GetFiles(Keys))
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            }
        }
    }

    [Fact]
    public void A_second_process_is_kept_out()
    {
        using (Load())
        {
            var failure = Assert.Throws<TorException>(() => Load());
            Assert.Contains("locked", failure.Message, StringComparison.Ordinal);
        }

        Load().Dispose();
    }

    [Theory]
    [InlineData("secret_id_key")]
    [InlineData("secret_onion_key")]
    [InlineData("secret_onion_key_ntor")]
    [InlineData("ed25519_master_id_secret_key")]
    [InlineData("ed25519_master_id_public_key")]
    [InlineData("ed25519_signing_secret_key")]
    [InlineData("ed25519_signing_cert")]
    public void A_damaged_file_is_named(string name)
    {
        Load().Dispose();
        var path = Path.Combine(Keys, name);
        var whole = File.ReadAllBytes(path);
        foreach (var content in new[] { [], whole[..20], whole[..^1], [.. whole[..40], (byte)(whole[40] ^ 1), .. whole[41..]] })
        {
            File.WriteAllBytes(path, content);
            if (name.StartsWith("secret_", StringComparison.Ordinal) && !name.EndsWith("ntor", StringComparison.Ordinal) && content.Length > whole.Length - 2)
            {
                continue; // PEM without its last newline is still PEM; a flipped character may be.
            }

            var failure = Assert.Throws<TorException>(() => Load());
            Assert.Equal(TorErrorKind.Local, failure.Kind);
        }
    }

    [Fact]
    public void A_lost_half_of_the_identity_is_not_replaced()
    {
        Load().Dispose();
        File.Delete(Path.Combine(Keys, "secret_id_key"));
        var failure = Assert.Throws<TorException>(() => Load());
        Assert.Contains("missing", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_in_place_of_the_directory_is_reported()
    {
        File.WriteAllText(_folder, "x");
        try
        {
            Assert.Equal(TorErrorKind.Local, Assert.Throws<TorException>(() => Load()).Kind);
        }
        finally
        {
            File.Delete(_folder);
        }
    }

    [Fact]
    public void Onion_keys_rotate_together_and_the_old_one_is_answered_for_a_week()
    {
        using var keys = Load();
        var first = keys.OnionKeys;
        _clock.Advance(TimeSpan.FromDays(27.9));
        keys.Renew();
        Assert.Same(first.Ntor.Current, keys.NtorKeys.Current);

        var changes = 0;
        keys.Changed += () => changes++;
        _clock.Advance(TimeSpan.FromDays(0.2));
        Assert.True(keys.Renew());
        Assert.Equal(1, changes);
        Assert.Equal(first.Ntor.Current.Public, keys.NtorKeys.Previous!.Public);
        Assert.NotEqual(first.Rsa.Public, keys.RsaOnionKey.Public);

        _clock.Advance(TimeSpan.FromDays(6.9));
        keys.Renew();
        Assert.NotNull(keys.NtorKeys.Previous);
        _clock.Advance(TimeSpan.FromDays(0.2));
        Assert.False(keys.Renew());
        Assert.Null(keys.NtorKeys.Previous);
        Assert.False(File.Exists(Path.Combine(Keys, "secret_onion_key_ntor.old")));
    }

    [Fact]
    public void A_restart_keeps_the_age_and_the_old_key()
    {
        string before;
        using (var keys = Load())
        {
            _clock.Advance(TimeSpan.FromDays(28));
            keys.Renew();
            before = keys.NtorKeys.Previous!.Public.ToString();
        }

        _clock.Advance(TimeSpan.FromDays(3));
        using var again = Load();
        again.Renew();
        Assert.Equal(before, again.NtorKeys.Previous!.Public.ToString());
        _clock.Advance(TimeSpan.FromDays(25));
        Assert.True(again.Renew());
    }

    [Fact]
    public void The_signing_key_is_replaced_before_its_certificate_ends()
    {
        using var keys = RelayKeys.Generate(Context, new KeyLifetimes { OnionKeyRotation = TimeSpan.FromDays(300) }, LinkLeafKind.EllipticCurve);
        var first = keys.SigningKey.Public;
        _clock.Advance(TimeSpan.FromDays(28.9));
        Assert.False(keys.Renew());
        Assert.Equal(first, keys.SigningKey.Public);
        _clock.Advance(TimeSpan.FromDays(0.2));
        Assert.True(keys.Renew());
        Assert.NotEqual(first, keys.SigningKey.Public);
        Assert.True(keys.SigningCertificate.Verify(keys.Identity, _clock.GetUtcNow() + TimeSpan.FromDays(29)));
    }

    [Fact]
    public void Link_credentials_are_new_every_day()
    {
        using var keys = RelayKeys.Generate(Context, leafKind: LinkLeafKind.EllipticCurve);
        var first = keys.LinkCredentials;
        keys.Renew();
        Assert.Same(first, keys.LinkCredentials);
        _clock.Advance(TimeSpan.FromDays(1));
        Assert.False(keys.Renew());
        Assert.NotSame(first, keys.LinkCredentials);
    }

    private RelayKeys Load() => RelayKeys.LoadOrCreate(Context, _folder, leafKind: LinkLeafKind.EllipticCurve);

    private static string Describe(RelayKeys keys) =>
        $"{keys.Fingerprint} {keys.Identity} {keys.SigningKey.Public} {keys.RsaOnionKey.Public.Fingerprint} {keys.NtorKeys.Current.Public}";
}
