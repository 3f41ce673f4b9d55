using FsCheck;
using FsCheck.Fluent;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Directory.Consensuses;
using OnionHost.Protocol.Directory.Voting;
using OnionHost.Tests.Shared;

namespace OnionHost.Protocol.Tests.Directory.Voting;

/// <summary>Whatever is done to a document, it is read or refused; nothing else comes out.</summary>
public sealed class MalformedDocumentTests
{
    private static readonly (string Name, Action<byte[]> Read)[] Readers =
    [
        ("vote-auth1.txt", d => Vote.Parse(d)),
        ("consensus-ns.txt", d => Consensus.Parse(d)),
        ("consensus-microdesc.txt", d => Consensus.Parse(d)),
        ("detached-signatures-auth1.txt", d => DetachedSignatures.Parse(d)),
    ];

    [Theory]
    [InlineData(0, 31)]
    [InlineData(1, 7)]
    [InlineData(2, 7)]
    [InlineData(3, 3)]
    public void Cut_anywhere(int reader, int step)
    {
        var document = Document(reader);
        for (var length = 0; length < document.Length; length += step)
        {
            ReadsOrRefuses(reader, document[..length]);
        }
    }

    [Fact]
    public void No_part_of_a_vote_is_a_vote()
    {
        var document = Document(0);
        for (var length = 0; length < document.Length - 1; length += 31)
        {
            Assert.Throws<ProtocolException>(() => Vote.Parse(document[..length]));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Bytes_changed(int reader)
    {
        var document = Document(reader);
        Prop.ForAll<int, byte>((where, value) =>
        {
            var changed = document.ToArray();
            changed[(where & int.MaxValue) % changed.Length] = value;
            ReadsOrRefuses(reader, changed);
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Lines_taken_out_doubled_and_moved(int reader)
    {
        var lines = System.Text.Encoding.Latin1.GetString(Document(reader)).Split('\n');
        for (var i = 0; i < lines.Length - 1; i++)
        {
            ReadsOrRefuses(reader, Join([.. lines[..i], .. lines[(i + 1)..]]));
            ReadsOrRefuses(reader, Join([.. lines[..i], lines[i], .. lines[i..]]));
            ReadsOrRefuses(reader, Join([.. lines[..i], lines[i].Split(' ')[0], .. lines[(i + 1)..]]));
            ReadsOrRefuses(reader, Join([lines[0], lines[i], .. lines[1..]]));
        }
    }

    [Fact]
    public void Random_text() =>
        Prop.ForAll<string[]>(words =>
        {
            var text = string.Join('\n', words.Select(w => w + " " + string.Join(' ', words))) + "\n";
            for (var reader = 0; reader < Readers.Length; reader++)
            {
                ReadsOrRefuses(reader, System.Text.Encoding.UTF8.GetBytes(text));
                ReadsOrRefuses(reader, [.. System.Text.Encoding.UTF8.GetBytes("network-status-version 3\n" + text)]);
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_consensus_with_changed_lines_still_computes()
    {
        // Votes that differ in any relay line still give one text, and the text reads again.
        var votes = StockRounds.Votes().Concat(StockRounds.Votes("srv/round0-")).DistinctBy(v => v.Digest).DistinctBy(v => v.Voter).ToList();
        foreach (var flavor in Enum.GetValues<ConsensusFlavor>())
        {
            var text = ConsensusBuilder.Build(votes[..2], 3, flavor);
            using var key = RsaKeyPair.Generate(2048);
            var signed = ConsensusSigner.Attach(text, flavor, [ConsensusSigner.Sign(text, flavor, votes[0].Voter, key)]);
            Assert.Equal(flavor, Consensus.Parse(signed).Flavor);
        }
    }

    private static byte[] Document(int reader) => System.Text.Encoding.Latin1.GetBytes(Vectors.Text($"fixtures/{Readers[reader].Name}"));

    private static byte[] Join(string[] lines) => System.Text.Encoding.Latin1.GetBytes(string.Join('\n', lines));

    private static void ReadsOrRefuses(int reader, byte[] document)
    {
        try
        {
            Readers[reader].Read(document);
        }
        catch (ProtocolException)
        {
        }
    }
}
