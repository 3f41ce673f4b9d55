using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Directory.Consensuses;
using OnionHost.Protocol.Directory.Voting;
using OnionHost.Protocol.Identities;
using OnionHost.Tests.Shared;

namespace OnionHost.Protocol.Tests.Directory.Voting;

public sealed class SignatureTests
{
    [Theory]
    [InlineData("fixtures/consensus-ns.txt")]
    [InlineData("fixtures/consensus-microdesc.txt")]
    public void All_signatures_of_a_stock_consensus_count(string file)
    {
        var consensus = Consensus.Parse(Vectors.Text(file));
        var certificates = StockRounds.Certificates();

        Assert.Equal(3, ConsensusVerifier.CountGood(consensus, certificates));
        Assert.Equal(2, ConsensusVerifier.CountGood(consensus, certificates.Take(2)));
        Assert.Equal(1, ConsensusVerifier.CountGood(consensus, [certificates[0], certificates[0]]));
    }

    [Fact]
    public void No_signature_counts_under_a_changed_consensus()
    {
        var text = Vectors.Text("fixtures/consensus-ns.txt").Replace("Bandwidth=4074", "Bandwidth=4075", StringComparison.Ordinal);

        Assert.Equal(0, ConsensusVerifier.CountGood(Consensus.Parse(text), StockRounds.Certificates()));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Detached_signatures_read_and_write_the_same_bytes(int authority)
    {
        var text = Vectors.Text($"fixtures/detached-signatures-auth{authority}.txt");
        var detached = DetachedSignatures.Parse(text);

        Assert.Equal(text, detached.ToString());
        Assert.Equal(3, detached.Signatures.Length);
        Assert.Equal(3, detached.MicrodescSignatures.Length);
    }

    [Fact]
    public void Computed_text_and_detached_signatures_give_the_stock_documents()
    {
        var votes = StockRounds.Votes();
        var detached = DetachedSignatures.Parse(Vectors.Text("fixtures/detached-signatures-auth1.txt"));
        var ns = ConsensusBuilder.Build(votes, 3, ConsensusFlavor.Ns);
        var micro = ConsensusBuilder.Build(votes, 3, ConsensusFlavor.Microdesc);

        Assert.Equal(detached.Digest.ToArray(), ConsensusSigner.Digest(ns, ConsensusFlavor.Ns));
        Assert.Equal(detached.MicrodescDigest!.Value.ToArray(), ConsensusSigner.Digest(micro, ConsensusFlavor.Microdesc));
        Assert.Equal(Vectors.Text("fixtures/consensus-ns.txt"), ConsensusSigner.Attach(ns, ConsensusFlavor.Ns, detached.Signatures.Reverse()));
        Assert.Equal(Vectors.Text("fixtures/consensus-microdesc.txt"), ConsensusSigner.Attach(micro, ConsensusFlavor.Microdesc, detached.MicrodescSignatures));
    }

    [Fact]
    public void A_signature_of_a_fresh_key_verifies()
    {
        using var key = RsaKeyPair.Generate(2048);
        var text = StockRounds.Unsigned(Vectors.Text("fixtures/consensus-microdesc.txt"));
        var signature = ConsensusSigner.Sign(text, ConsensusFlavor.Microdesc, default(RelayFingerprint), key);

        Assert.True(key.Public.VerifyRaw(signature.Signature.Span, ConsensusSigner.Digest(text, ConsensusFlavor.Microdesc)));
    }
}
