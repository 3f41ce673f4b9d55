using System.Net;
using FsCheck;
using FsCheck.Fluent;
using OnionHost.Protocol.Certificates;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Identities;
using OnionHost.Tests.Shared;

namespace OnionHost.Protocol.Tests.Directory;

public sealed class ServerDescriptorTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_descriptor_that_stock_accepted_is_read()
    {
        var vector = Vectors.Load("server_descriptor.json");
        var descriptor = Parse(vector.GetProperty("descriptor").GetString()!);
        Assert.Equal("foreign", descriptor.Nickname.ToString());
        Assert.Equal((IPAddress.Loopback, 26999, 0), (descriptor.Address, descriptor.OrPort, descriptor.DirPort));
        Assert.Equal(vector.Hex("descriptor_digest_sha1"), descriptor.Digest.ToArray());
        Assert.Equal(vector.Hex("ed_master_pub"), descriptor.Identity.ToArray());
        Assert.Equal(vector.Hex("ntor_public"), descriptor.OnionKey.ToArray());
        Assert.Equal("tornet 0.1 on dotnet", descriptor.Platform);
        Assert.Equal(TimeSpan.FromSeconds(5), descriptor.Uptime);
        Assert.Equal((1_000_000u, 1_000_000u, 100_000u), (descriptor.BandwidthRate, descriptor.BandwidthBurst, descriptor.BandwidthObserved));
        Assert.True(descriptor.IsHiddenServiceDirectory && descriptor.IsDirectoryCache && !descriptor.IsHibernating);
        Assert.Equal("foreign@example.org", descriptor.Contact);
        Assert.True(descriptor.Expires > descriptor.Published);
        Assert.True(descriptor.Protocols.Supports("Relay", 4));
    }

    [Fact]
    public void Its_microdescriptor_is_the_one_that_stock_makes()
    {
        var vector = Vectors.Load("server_descriptor.json");
        var micro = Microdescriptor.FromServerDescriptor(Parse(vector.GetProperty("descriptor").GetString()!), 33);
        Assert.Equal(vector.GetProperty("microdesc_m32_34").GetString(), System.Text.Encoding.ASCII.GetString(micro.Bytes.Span));
        Assert.Equal(vector.Hex("microdesc_sha256"), micro.Digest.ToArray());
    }

    [Fact]
    public void Families_go_into_microdescriptors_as_stock_writes_them()
    {
        var vector = Vectors.Load("microdesc_generate.json");
        var descriptor = Parse(vector.GetProperty("router_descriptor").GetString()!) with
        {
            Family = ["OtherNode", "!Strange"],
            FamilyIds = ["rlwe:0YHRh9Cw0YHRgtC70LjQstGL0LUg0YHQtdC80YzQuC0", "ed25519:YWxsIGhhcHB5IGZhbWlsaWVzIGFyZSBhbGlrZSAtTFQ"],
        };
        Assert.Equal(vector.GetProperty("expected_method_33_family_canonical").GetString(), Text(Microdescriptor.FromServerDescriptor(descriptor, 33)));
        Assert.Equal(vector.GetProperty("expected_method_35_with_family_ids").GetString(), Text(Microdescriptor.FromServerDescriptor(descriptor, 35)));
    }

    [Fact]
    public void Stock_descriptors_verify_and_give_the_microdescriptors_of_the_network()
    {
        var all = Split().Select(Parse).ToList();
        var micros = DocumentReader.Split(System.Text.Encoding.ASCII.GetBytes(Vectors.Text("fixtures/microdescs.txt")), Microdescriptor.FirstKeyword)
            .Select(d => Microdescriptor.Parse(d.Span).Digest).ToHashSet();
        Assert.True(all.Count >= 8);
        Assert.All(all, d => Assert.Contains(Microdescriptor.FromServerDescriptor(d, 35).Digest, micros));
        Assert.Contains(all, d => d.FamilyIds.Length == 1);
        Assert.Contains(all, d => d.Family.Length == 2);
        Assert.Contains(all, d => d.PolicyIPv6.ToString() == "accept 80,443");
    }

    [Fact]
    public void A_descriptor_made_here_is_read_back()
    {
        using var keys = new Keys();
        var content = Content() with
        {
            ExtraAddress = IPEndPoint.Parse("[2001:db8::1]:9001"),
            Family = ["$" + new string('A', 40)],
            FamilyCertificates = [Ed25519Certificate.Create(Ed25519CertificateType.Family, keys.Master.Public, Now.AddDays(3), keys.Family).Bytes],
            IsHiddenServiceDirectory = true,
            IsHibernating = true,
            Contact = "who@example.org\nrouter evil",
            Policy = ExitPolicy.Parse("accept *:80,accept6 *:443,reject *:*"),
        };
        var text = ServerDescriptorBuilder.Build(content, keys.All);
        var read = Parse(text);
        Assert.Equal(text, read.ToString());
        Assert.Equal(content.Nickname, read.Nickname);
        Assert.Equal(content.ExtraAddress, Assert.Single(read.ExtraAddresses));
        Assert.Equal("ed25519:" + keys.Family.Public, Assert.Single(read.FamilyIds));
        Assert.Equal(keys.Identity.Public.Fingerprint, read.Fingerprint);
        Assert.Equal(keys.Master.Public, read.Identity);
        Assert.Equal(keys.Onion.Public, read.OnionKey);
        Assert.Equal("who@example.org router evil", read.Contact);
        Assert.Equal("accept 80", read.Policy.Summarize().ToString());
        Assert.Equal("accept 80,443", read.PolicyIPv6.ToString());
        Assert.Equal(Now.AddDays(3), read.Expires);
        Assert.True(read.IsHibernating && read.IsHiddenServiceDirectory && read.IsDirectoryCache);
    }

    [Fact]
    public void Onion_keys_of_either_sign_bit_cross_certify()
    {
        using var keys = new Keys();
        var signs = new HashSet<char>();
        for (var i = 0; i < 64 && signs.Count < 2; i++)
        {
            using var onion = X25519KeyPair.Generate(SystemRandomSource.Instance);
            var text = ServerDescriptorBuilder.Build(Content(), keys.All with { OnionKey = onion });
            Assert.Equal(onion.Public, Parse(text).OnionKey);
            signs.Add(text[text.IndexOf("ntor-onion-key-crosscert ", StringComparison.Ordinal) + 25]);
        }

        Assert.Equal(2, signs.Count);
    }

    [Fact]
    public void Keys_that_do_not_belong_together_are_refused()
    {
        using var one = new Keys();
        using var other = new Keys();
        Assert.Throws<ProtocolException>(() => Parse(ServerDescriptorBuilder.Build(Content(), one.All with { Signing = other.Signing })));
        var text = ServerDescriptorBuilder.Build(Content(), one.All);
        Assert.Throws<ProtocolException>(() => Parse(text.Replace("Unnamed", "Renamed", StringComparison.Ordinal)));
    }

    [Fact]
    public void Lines_that_are_missing_or_doubled_are_refused() =>
        DocumentDamage.AssertLinesMatter(Split().Skip(3).First(), bytes => ServerDescriptor.Parse(bytes));

    [Fact]
    public void Damaged_descriptors_give_a_protocol_exception() =>
        DocumentDamage.AssertOnlyProtocolExceptions(Split().Skip(1).First(), bytes => ServerDescriptor.Parse(bytes), step: 5);

    [Fact]
    public void Too_large_descriptors_are_refused() =>
        Assert.Throws<ProtocolException>(() => Parse(Split().First() + new string('\n', ServerDescriptor.MaximumSize)));

    [Fact]
    public void Any_bytes_after_a_good_start_give_a_protocol_exception() =>
        Prop.ForAll<byte[]>(bytes =>
        {
            var start = Split().First()[..200];
            Assert.Throws<ProtocolException>(() => ServerDescriptor.Parse([.. System.Text.Encoding.ASCII.GetBytes(start), .. bytes]));
        }).QuickCheckThrowOnFailure();

    private static ServerDescriptorContent Content() => new()
    {
        Nickname = Nickname.Parse("Unnamed"),
        Address = IPAddress.Parse("192.0.2.1"),
        OrPort = 9001,
        Platform = "OnionHost 0.1 on .NET",
        Protocols = ProtocolVersions.Parse("Cons=1-2 Link=4-5"),
        Published = Now,
        BandwidthObserved = 1000,
    };

    private static ServerDescriptor Parse(string text) => ServerDescriptor.Parse(System.Text.Encoding.UTF8.GetBytes(text));

    private static string Text(Microdescriptor micro) => System.Text.Encoding.ASCII.GetString(micro.Bytes.Span);

    private static IEnumerable<string> Split() =>
        DocumentReader.Split(System.Text.Encoding.ASCII.GetBytes(Vectors.Text("fixtures/server-all.txt")), ServerDescriptor.FirstKeyword)
            .Select(d => System.Text.Encoding.ASCII.GetString(d.Span));

    private sealed class Keys : IDisposable
    {
        private readonly RsaKeyPair _tap = RsaKeyPair.Generate(1024);

        public RsaKeyPair Identity { get; } = RsaKeyPair.Generate(1024);

        public Ed25519KeyPair Master { get; } = Ed25519KeyPair.Generate(SystemRandomSource.Instance);

        public Ed25519KeyPair Signing { get; } = Ed25519KeyPair.Generate(SystemRandomSource.Instance);

        public Ed25519KeyPair Family { get; } = Ed25519KeyPair.Generate(SystemRandomSource.Instance);

        public X25519KeyPair Onion { get; } = X25519KeyPair.Generate(SystemRandomSource.Instance);

        public ServerDescriptorKeys All => new(
            Identity, _tap, Signing, Ed25519Certificate.Create(Ed25519CertificateType.SigningKey, Signing.Public, Now.AddDays(30), Master), Onion);

        public void Dispose()
        {
            _tap.Dispose();
            Identity.Dispose();
            Master.Dispose();
            Signing.Dispose();
            Family.Dispose();
            Onion.Dispose();
        }
    }
}
