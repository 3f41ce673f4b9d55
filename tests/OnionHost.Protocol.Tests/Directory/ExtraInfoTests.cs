using OnionHost.Protocol.Directory;
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
