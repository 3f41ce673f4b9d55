using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using OnionHost.Network.Authority;
using OnionHost.Network.Authority.Uploads;
using OnionHost.Network.Directory;
using OnionHost.Protocol;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Identities;
using OnionHost.Tests.Shared;

namespace OnionHost.Network.Tests.Authority;

public sealed class DescriptorPoolTests : IDisposable
{
    private readonly ManualTimeProvider _clock = new(AuthorityFixture.Start);
    private readonly PaperRelay _relay = new("relay", 1);
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"pool-{Guid.NewGuid():N}");

    private DateTimeOffset Now => _clock.GetUtcNow();

    [Fact]
    public void A_new_descriptor_is_accepted_and_published()
    {
        var (pool, store) = Pool();
        var descriptor = _relay.Describe(Now);

        Assert.True(pool.Offer(descriptor).IsAccepted);
        Assert.Equal(UploadVerdict.NotNew, pool.Offer(descriptor));
        var pooled = Assert.Single(pool.Current());
        Assert.Equal([32, 33, 34, 35], pooled.Microdescriptors.SelectMany(m => m.Methods).ToArray());
        Assert.All(pooled.Microdescriptors, m => Assert.NotNull(store.Microdescriptor(m.Digest)));
        Assert.NotNull(store.Descriptor(descriptor.Digest));
    }

    [Fact]
    public void Differences_that_do_not_matter_are_no_news()
    {
        var (pool, _) = Pool();
        pool.Offer(_relay.Describe(Now));
        _relay.RotateOnionKeys(tapToo: false);

        Assert.Equal(UploadVerdict.NotNew, pool.Offer(_relay.Describe(Now.AddMinutes(1))));

        _relay.RotateOnionKeys(tapToo: true);
        Assert.True(pool.Offer(_relay.Describe(Now.AddMinutes(2))).IsAccepted);
        Assert.True(pool.Offer(_relay.Describe(Now.AddMinutes(2).AddHours(2).AddSeconds(1))).IsAccepted);
    }

    [Theory]
    [InlineData("contact")]
    [InlineData("policy")]
    [InlineData("port")]
    [InlineData("bandwidth")]
    [InlineData("nickname")]
    [InlineData("uptime")]
    public void What_matters_is_news(string what)
    {
        var (pool, _) = Pool();
        pool.Offer(_relay.Describe(Now));
        _relay.Content = what switch
        {
            "contact" => _relay.Content with { Contact = "else" },
            "policy" => _relay.Content with { Policy = ExitPolicy.RejectAll },
            "port" => _relay.Content with { OrPort = 9002 },
            "bandwidth" => _relay.Content with { BandwidthObserved = 2_000_000 },
            "nickname" => _relay.Content with { Nickname = Nickname.Parse("other") },
            _ => _relay.Content with { Uptime = TimeSpan.FromHours(7) },
        };

        Assert.True(pool.Offer(_relay.Describe(Now.AddSeconds(1))).IsAccepted);
    }

    [Fact]
    public void An_older_descriptor_is_no_news()
    {
        var (pool, _) = Pool();
        pool.Offer(_relay.Describe(Now));
        _relay.Content = _relay.Content with { Contact = "else" };

        Assert.Equal(UploadVerdict.NotNew, pool.Offer(_relay.Describe(Now.AddMinutes(-1))));
    }

    [Theory]
    [InlineData(13, "too far in the future")]
    [InlineData(-25, "too far in the past")]
    public void Wrong_clocks_are_refused(int hours, string reason) =>
        Assert.Contains(reason, Pool().Pool.Offer(_relay.Describe(Now.AddHours(hours))).Rejection, StringComparison.Ordinal);

    [Fact]
    public void Private_addresses_are_refused_in_the_public_network()
    {
        Assert.Contains("private address", Pool(o => o with { AllowPrivateAddresses = false }).Pool.Offer(_relay.Describe(Now)).Rejection, StringComparison.Ordinal);
        _relay.Content = _relay.Content with { Address = IPAddress.Parse("8.8.4.4") };
        Assert.True(Pool(o => o with { AllowPrivateAddresses = false }).Pool.Offer(_relay.Describe(Now)).IsAccepted);
    }

    [Theory]
    [InlineData("Tor 0.4.7.16 on Linux", false)]
    [InlineData("Tor 0.4.8.0-alpha-dev on Linux", true)]
    [InlineData("Tor 0.4.9.11 on Linux", true)]
    [InlineData("OnionHost 0.1 on .NET", true)]
    public void Old_versions_are_refused(string platform, bool isAccepted)
    {
        _relay.Content = _relay.Content with { Platform = platform };

        Assert.Equal(isAccepted, Pool().Pool.Offer(_relay.Describe(Now)).IsAccepted);
    }

    [Fact]
    public void Rejected_relays_are_refused() =>
        Assert.NotNull(Pool(o => o with { Rejected = new HashSet<RelayFingerprint> { _relay.Fingerprint } }).Pool.Offer(_relay.Describe(Now)).Rejection);

    [Fact]
    public void A_changed_Ed25519_identity_is_refused_for_ever()
    {
        Pool().Pool.Offer(_relay.Describe(Now));
        _relay.ChangeMaster();

        Assert.Contains("has changed", Pool().Pool.Offer(_relay.Describe(Now.AddHours(3))).Rejection, StringComparison.Ordinal);
    }

    [Fact]
    public void A_descriptor_is_forgotten_after_a_day()
    {
        var (pool, _) = Pool();
        pool.Offer(_relay.Describe(Now));
        _clock.Advance(TimeSpan.FromHours(23));
        Assert.Single(pool.Current());

        _clock.Advance(TimeSpan.FromHours(2));

        Assert.Empty(pool.Current());
    }

    [Fact]
    public void An_upload_may_carry_extra_info()
    {
        var (descriptor, extra) = _relay.DescribeAll(Now);
        byte[] body = [.. descriptor.Bytes.Span, .. extra.Bytes.Span, .. descriptor.Bytes.Span];
        var read = UploadedDocuments.Read(body);
        Assert.Equal([descriptor.Digest, descriptor.Digest], read.Descriptors.Select(d => d.Digest));
        Assert.Equal([extra.Digest], read.ExtraInfos.Select(e => e.Digest));
        Assert.Equal([extra.Digest], UploadedDocuments.Read(extra.Bytes).ExtraInfos.Select(e => e.Digest));
        Assert.Throws<ProtocolException>(() => UploadedDocuments.Read(default));
        Assert.Throws<ProtocolException>(() => UploadedDocuments.Read(body.AsMemory(0, 500)));

        // A malformed one spoils no descriptor.
        var spoiled = UploadedDocuments.Read((byte[])[.. descriptor.Bytes.Span, .. "extra-info relay 00\npublished never\n"u8]);
        Assert.Single(spoiled.Descriptors);
        Assert.Throws<ProtocolException>(() => spoiled.ExtraInfos.ToList());
    }

    [Fact]
    public void Extra_info_is_kept_if_it_belongs_to_the_newest_descriptor()
    {
        var (pool, store) = Pool();
        var (descriptor, extra) = _relay.DescribeAll(Now);
        var (_, older) = _relay.DescribeAll(Now.AddMinutes(-1));
        var (_, newer) = _relay.DescribeAll(Now.AddMinutes(1));
        Assert.Contains("No corresponding", pool.Offer(extra).Rejection, StringComparison.Ordinal);
        pool.Offer(descriptor);
        Assert.True(pool.Offer(extra).IsAccepted);
        Assert.Same(extra, store.ExtraInfo(extra.Digest));
        Assert.Contains("published time", pool.Offer(older).Rejection, StringComparison.Ordinal);
        Assert.Equal(UploadVerdict.NotNew, pool.Offer(newer));
        Assert.Single(store.ExtraInfos);
    }

    [Fact]
    public async Task Extra_info_is_served_in_every_way()
    {
        var (pool, store) = Pool();
        var (descriptor, extra) = _relay.DescribeAll(Now);
        pool.Offer(descriptor);
        pool.Offer(extra);
        store.Own = descriptor;
        var resource = new DirectoryCacheResource(new NodeContext(_clock, SystemRandomSource.Instance, NullLoggerFactory.Instance), store);
        foreach (var name in (string[])["all", "authority", $"d/{extra.Digest}", $"fp/{extra.Fingerprint}"])
        {
            var request = new DirectoryRequest("GET", "/tor/extra/" + name, DirectoryResponse.NoHeaders, default, false, null);
            var response = await resource.TryHandleAsync(request, CancellationToken.None);
            Assert.True(extra.Bytes.Span.SequenceEqual(response!.Body.Span), name);
        }
    }

    [Fact]
    public void Extra_info_that_the_descriptor_does_not_name_is_refused()
    {
        var (pool, store) = Pool();
        pool.Offer(_relay.Describe(Now));
        Assert.Contains("digest", pool.Offer(_relay.DescribeAll(Now).ExtraInfo).Rejection, StringComparison.Ordinal);
        Assert.Empty(store.ExtraInfos);
    }

    [Fact]
    public void A_clock_that_is_off_for_a_while_loses_no_relay()
    {
        var time = new ShiftedTimeProvider(_clock);
        var (pool, _) = Pool(time: time);
        pool.Offer(_relay.Describe(Now));

        time.Offset = TimeSpan.FromDays(2);
        Assert.Empty(pool.Current());
        Assert.True(pool.Offer(_relay.Describe(Now.AddDays(2))).IsAccepted);

        time.Offset = TimeSpan.Zero;
        Assert.Empty(pool.Current());
        Assert.True(pool.Offer(_relay.Describe(Now.AddMinutes(1))).IsAccepted);
        Assert.Single(pool.Current());
    }

    public void Dispose()
    {
        _relay.Dispose();
        if (System.IO.Directory.Exists(_folder))
        {
            System.IO.Directory.Delete(_folder, recursive: true);
        }
    }

    private (DescriptorPool Pool, DirectoryStore Store) Pool(
        Func<AuthorityOptions, AuthorityOptions>? change = null, TimeProvider? time = null)
    {
        var context = new NodeContext(time ?? _clock, SystemRandomSource.Instance, NullLoggerFactory.Instance);
        var self = DirectoryAuthority.Parse($"auth orport=1 v3ident={new string('A', 40)} 127.0.0.1:2 {new string('B', 40)}");
        var options = new AuthorityOptions(self, [self]) { AllowPrivateAddresses = true };
        var store = new DirectoryStore(context);
        return (new DescriptorPool(context, change?.Invoke(options) ?? options, store, new AuthorityFiles(_folder)), store);
    }
}
