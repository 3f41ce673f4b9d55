using Microsoft.Extensions.Logging.Abstractions;
using OnionHost.Network.Relays;
using OnionHost.Network.Relays.Keys;
using OnionHost.Protocol;
using OnionHost.Protocol.Certificates;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Directory.Consensuses;
using OnionHost.Tests.Shared;

namespace OnionHost.Network.Tests.Relays.Keys;

/// <summary>A relay whose master identity stays on another machine.</summary>
public sealed class OfflineKeysTests : IDisposable
{
    private const string MasterSecret = "ed25519_master_id_secret_key";
    private static readonly TimeSpan Month = TimeSpan.FromDays(30);

    private readonly ManualTimeProvider _clock = new();
    private readonly string _vault = Path.Combine(Path.GetTempPath(), "onionhost-vault-" + Path.GetRandomFileName());
    private readonly string _relay = Path.Combine(Path.GetTempPath(), "onionhost-relay-" + Path.GetRandomFileName());

    private NodeContext Context => new(_clock, SystemRandomSource.Instance, NullLoggerFactory.Instance);

    public void Dispose()
    {
        foreach (var folder in new[] { _vault, _relay }.Where(System.IO.Directory.Exists))
        {
            System.IO.Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_relay_runs_without_the_masters_secret_and_notices_a_new_signing_key()
    {
        Assert.Equal(_clock.GetUtcNow() + Month, OfflineKeys.MakeSigningKey(Context, _vault, Month), TimeSpan.FromHours(1));
        Bring();
        using var keys = Load();
        var (identity, first, credentials) = (keys.Identity, keys.SigningKey.Public, keys.LinkCredentials);
        Assert.True(keys.SigningCertificate.Verify(identity, _clock.GetUtcNow()));
        Assert.False(File.Exists(Path.Combine(_relay, "keys", MasterSecret)));

        _clock.Advance(TimeSpan.FromDays(27));
        keys.Renew();
        Assert.Equal(first, keys.SigningKey.Public);

        OfflineKeys.MakeSigningKey(Context, _vault, Month);
        Bring();
        var changes = 0;
        keys.Changed += () => changes++;
        Assert.True(keys.Renew());
        Assert.Equal(1, changes);
        Assert.NotEqual(first, keys.SigningKey.Public);
        Assert.Equal(identity, keys.Identity);
        Assert.True(keys.SigningCertificate.Verify(identity, _clock.GetUtcNow() + TimeSpan.FromDays(29)));
        Assert.NotSame(credentials, keys.LinkCredentials);
    }

    [Fact]
    public async Task An_ended_certificate_is_said_while_running_and_at_the_start()
    {
        OfflineKeys.MakeSigningKey(Context, _vault, Month);
        Bring();
        var options = new RelayOptions(Protocol.Identities.Nickname.Parse("offline"), new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        using (var keys = Load())
        {
            await using var relay = new Relay(Context, options, keys);
            await relay.StartAsync(default);
            Assert.Equal(keys.Identity, relay.Describe().Descriptor.Identity);
            _clock.Advance(TimeSpan.FromDays(31));
            keys.Renew();
            var running = Assert.Throws<TorException>(() => relay.Describe());
            Assert.Contains("ed25519_signing_cert", running.Message, StringComparison.Ordinal);
        }

        var starting = Assert.Throws<TorException>(() => Load());
        Assert.Equal(TorErrorKind.Local, starting.Kind);
        Assert.Contains("master", starting.Message, StringComparison.Ordinal);

        OfflineKeys.MakeSigningKey(Context, _vault, Month);
        Bring();
        Load().Dispose();
    }

    [Fact]
    public void A_signing_key_of_another_identity_does_not_replace_the_present_one()
    {
        OfflineKeys.MakeSigningKey(Context, _vault, Month);
        Bring();
        using var keys = Load();
        var first = keys.SigningKey.Public;
        System.IO.Directory.Delete(_vault, recursive: true);
        OfflineKeys.MakeSigningKey(Context, _vault, 2 * Month);
        Bring("ed25519_signing_cert", "ed25519_signing_secret_key");
        Assert.False(keys.Renew());
        Assert.Equal(first, keys.SigningKey.Public);
    }

    [Fact]
    public void A_public_key_alone_is_not_enough()
    {
        OfflineKeys.MakeSigningKey(Context, _vault, Month);
        Bring("ed25519_master_id_public_key");
        Assert.Contains("no signing key", Assert.Throws<TorException>(() => Load()).Message, StringComparison.Ordinal);
        Bring("ed25519_signing_cert", "ed25519_signing_secret_key");
        File.Delete(Path.Combine(_relay, "keys", "ed25519_master_id_public_key"));
        using var keys = Load();
        Assert.True(File.Exists(Path.Combine(_relay, "keys", "ed25519_master_id_public_key")));
    }

    [Fact]
    public void The_network_says_how_often_onion_keys_rotate()
    {
        using var keys = RelayKeys.Generate(Context, leafKind: LinkLeafKind.EllipticCurve);
        var first = keys.NtorKeys.Current.Public;
        keys.Follow(NetworkParameters.Parse(["onion-key-grace-period-days=99", "onion-key-rotation-days=3"]));
        _clock.Advance(TimeSpan.FromDays(3));
        Assert.True(keys.Renew());
        Assert.Equal(first, keys.NtorKeys.Previous!.Public);
        _clock.Advance(TimeSpan.FromDays(2.9));
        keys.Renew();
        Assert.Equal(first, keys.NtorKeys.Previous!.Public);
    }

    /// <summary>What somebody does who carries the keys from the safe machine to the relay.</summary>
    private void Bring(params string[] names)
    {
        var target = System.IO.Directory.CreateDirectory(Path.Combine(_relay, "keys"));
        foreach (var file in System.IO.Directory.GetFiles(Path.Combine(_vault, "keys")).Where(f => names.Length == 0 || names.Contains(Path.GetFileName(f))))
        {
            if (Path.GetFileName(file) != MasterSecret)
            {
                File.Copy(file, Path.Combine(target.FullName, Path.GetFileName(file)), overwrite: true);
            }
        }
    }

    private RelayKeys Load() => RelayKeys.LoadOrCreate(Context, _relay, leafKind: LinkLeafKind.EllipticCurve);
}
