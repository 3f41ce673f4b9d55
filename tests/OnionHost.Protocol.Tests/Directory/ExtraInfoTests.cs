using OnionHost.Protocol.Certificates;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Identities;
using OnionHost.Tests.Shared;

namespace OnionHost.Protocol.Tests.Directory;

public sealed class ExtraInfoTests
{
    [Fact]
    public void Stock_documents_verify_and_match_their_descriptors()
    {
        var descriptors = Split("server-all", ServerDescriptor.FirstKeyword).Select(d => ServerDescriptor.Parse(d)).ToList();
        var documents = Split("extra-all", ExtraInfo.FirstKeyword).Select(d => ExtraInfo.Parse(d)).ToList();
        Assert.Equal(8, documents.Count);
        foreach (var document in documents)
        {
            var descriptor = Assert.Single(descriptors, d => d.Fingerprint == document.Fingerprint);
            Assert.True(document.Matches(descriptor));
            Assert.Contains($"extra-info-digest {document.Digest} {document.Digest256}\n", descriptor.ToString(), StringComparison.Ordinal);
            Assert.All(descriptors.Where(d => d != descriptor), other => Assert.False(document.Matches(other)));
        }
    }

    [Fact]
    public void What_is_built_is_small_and_matches_the_descriptor_that_names_it()
    {
        var published = new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
        using var identity = RsaKeyPair.Generate(1024);
        using var tap = RsaKeyPair.Generate(1024);
        using var master = Ed25519KeyPair.Generate(SystemRandomSource.Instance);
        using var signing = Ed25519KeyPair.Generate(SystemRandomSource.Instance);
        using var onion = X25519KeyPair.Generate(SystemRandomSource.Instance);
        var certificate = Ed25519Certificate.Create(Ed25519CertificateType.SigningKey, signing.Public, published.AddDays(30), master);
        var keys = new ServerDescriptorKeys(identity, tap, signing, certificate, onion);
        var text = ExtraInfoBuilder.Build(Nickname.Parse("relay"), published, keys);
        var extra = ExtraInfo.Parse(System.Text.Encoding.ASCII.GetBytes(text));
        Assert.Equal(15, text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        var content = new ServerDescriptorContent
        {
            Nickname = Nickname.Parse("relay"),
            Address = System.Net.IPAddress.Loopback,
            OrPort = 9001,
            Platform = "test",
            Protocols = ProtocolVersions.Parse("Link=4-5"),
            Published = published,
            ExtraInfo = extra,
        };
        var descriptor = ServerDescriptor.Parse(System.Text.Encoding.UTF8.GetBytes(ServerDescriptorBuilder.Build(content, keys)));
        Assert.Equal((extra.Digest, extra.Digest256), (descriptor.ExtraInfoDigest, descriptor.ExtraInfoDigest256));
        Assert.True(extra.Matches(descriptor));
    }

    [Fact]
    public void Documents_with_a_line_missing_or_doubled_are_refused_or_match_nothing()
    {
        var descriptor = ServerDescriptor.Parse(Split("server-all", ServerDescriptor.FirstKeyword)[0]);
        Assert.True(ExtraInfo.Parse(Split("extra-all", ExtraInfo.FirstKeyword)[0]).Matches(descriptor));
        DocumentDamage.AssertLinesMatter(First(), bytes =>
        {
            // The RSA signature is only checked against the descriptor.
            if (!ExtraInfo.Parse(bytes).Matches(descriptor))
            {
                throw new ProtocolException("It does not match.");
            }
        });
    }

    [Fact]
    public void Damaged_documents_give_a_protocol_exception() =>
        DocumentDamage.AssertOnlyProtocolExceptions(First(), bytes => ExtraInfo.Parse(bytes), step: 3);

    private static string First() => System.Text.Encoding.ASCII.GetString(Split("extra-all", ExtraInfo.FirstKeyword)[0]);

    private static List<byte[]> Split(string name, string keyword) =>
        [.. DocumentReader.Split(System.Text.Encoding.ASCII.GetBytes(Vectors.Text($"fixtures/{name}.txt")), keyword).Select(d => d.ToArray())];
}
