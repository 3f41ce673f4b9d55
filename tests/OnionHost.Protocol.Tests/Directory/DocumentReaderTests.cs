using FsCheck;
using FsCheck.Fluent;
using OnionHost.Protocol.Directory;
using OnionHost.Tests.Shared;

namespace OnionHost.Protocol.Tests.Directory;

public sealed class DocumentReaderTests
{
    [Fact]
    public void Items_know_their_exact_bytes()
    {
        const string text = "first a  b\n\nopt second x\n-----BEGIN BLOB-----\naGVsbG8=\n-----END BLOB-----\nthird\n";
        var items = new DocumentReader(text).ReadToEnd();

        Assert.Equal(["first", "second", "third"], items.Select(i => i.Keyword));
        Assert.Equal("a,b", string.Join(",", items[0].Arguments));
        Assert.Equal("a  b", items[0].ArgumentText);
        Assert.Equal("hello", System.Text.Encoding.ASCII.GetString(items[1].ObjectBytes("BLOB").Span));
        Assert.Equal("second", text[(items[1].KeywordEnd - 6)..items[1].KeywordEnd]);
        Assert.Equal("opt second x\n", text[items[1].Start..items[1].LineEnd]);
        Assert.Equal("third\n", text[items[1].End..]);
        Assert.Empty(items[2].Arguments);
        Assert.Equal(string.Empty, items[2].ArgumentText);
    }

    [Theory]
    [InlineData("fixtures/server-all.txt")]
    [InlineData("fixtures/keys-all.txt")]
    [InlineData("fixtures/consensus-ns.txt")]
    [InlineData("fixtures/consensus-microdesc.txt")]
    [InlineData("fixtures/vote-auth1.txt")]
    [InlineData("fixtures/microdescs.txt")]
    [InlineData("fixtures/extra-all.txt")]
    public void Stock_documents_are_covered_without_gaps(string name)
    {
        var text = Vectors.Text(name);
        var rebuilt = string.Concat(new DocumentReader(text).ReadToEnd().Select(i => System.Text.Encoding.UTF8.GetString(i.Bytes.Span)));
        Assert.Equal(text.Replace("\n\n", "\n", StringComparison.Ordinal), rebuilt);
    }

    [Theory]
    [InlineData("no newline")]
    [InlineData(" leading space\n")]
    [InlineData("-----BEGIN X-----\n-----END X-----\n")]
    [InlineData("a\n-----BEGIN X-----\nAAAA\n")]
    [InlineData("a\n-----BEGIN X-----\nAAAA\n-----END Y-----\n")]
    [InlineData("a\n-----BEGIN X-----\n!!!!\n-----END X-----\n")]
    [InlineData("a\n-----BEGIN X-----\nAAAA-----END X-----\n")]
    [InlineData("a\n-----BEGIN X-----\nAAAA\n-----END X----- \n")]
    [InlineData("nul\0\n")]
    [InlineData("\uFEFFbom\n")]
    public void Malformed_documents_are_refused(string text) =>
        Assert.Throws<ProtocolException>(() => new DocumentReader(text).ReadToEnd());

    [Fact]
    public void Bytes_that_are_not_UTF8_are_refused() =>
        Assert.Throws<ProtocolException>(() => new DocumentReader(new byte[] { (byte)'a', 0xff, (byte)'\n' }));

    [Fact]
    public void Arguments_lines_and_objects_are_bounded()
    {
        var manyArguments = new DocumentReader("a" + string.Concat(Enumerable.Repeat(" b", 513)) + "\n").Read()!;
        Assert.Throws<ProtocolException>(() => manyArguments.Arguments);
        Assert.Throws<ProtocolException>(() => new DocumentReader(new string('a', DocumentReader.MaximumLine + 1) + "\n").Read());
        var longObject = "a\n-----BEGIN X-----\n" + new string('A', DocumentReader.MaximumObject + 4) + "\n-----END X-----\n";
        Assert.Throws<ProtocolException>(() => new DocumentReader(longObject).Read());
    }

    [Fact]
    public void Sections_enforce_how_often_a_keyword_stands()
    {
        var section = DocumentSection.ReadAll("test", new DocumentReader("a\nb\nb\nc\n"));
        Assert.Equal("a", section.First("a").Keyword);
        Assert.Equal("c", section.Last("c").Keyword);
        Assert.Equal(2, section.Many("b").Count);
        Assert.Null(section.Optional("d"));
        Assert.Throws<ProtocolException>(() => section.One("b"));
        Assert.Throws<ProtocolException>(() => section.One("d"));
        Assert.Throws<ProtocolException>(() => section.First("c"));
        Assert.Throws<ProtocolException>(() => section.Last("a"));
    }

    [Fact]
    public void Split_cuts_at_the_opening_keyword()
    {
        var parts = DocumentReader.Split(System.Text.Encoding.ASCII.GetBytes("junk\nopen 1\nx\nopen 2\nopening\nopen\n"), "open");
        Assert.Equal(["open 1\nx\n", "open 2\nopening\n", "open\n"], parts.Select(p => System.Text.Encoding.ASCII.GetString(p.Span)));
    }

    [Fact]
    public void What_the_writer_writes_is_read_back()
    {
        var blob = Enumerable.Range(0, 200).Select(i => (byte)i).ToArray();
        var text = new DocumentWriter().Line("a", "x", "y").Object("BLOB", blob).Line("b").ToString();
        var items = new DocumentReader(text).ReadToEnd();
        Assert.Equal(blob, items[0].ObjectBytes("BLOB").ToArray());
        Assert.All(text.Split('\n'), line => Assert.True(line.Length <= 64));
        Assert.Equal("b", items[1].Keyword);
    }

    [Fact]
    public void Any_bytes_give_items_or_a_protocol_exception() =>
        Prop.ForAll<byte[]>(bytes =>
        {
            try
            {
                _ = new DocumentReader(bytes).ReadToEnd();
            }
            catch (ProtocolException)
            {
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_cut_of_a_document_gives_items_or_a_protocol_exception()
    {
        var text = Vectors.Text("fixtures/server-all.txt")[..3000];
        for (var length = 0; length < text.Length; length++)
        {
            try
            {
                _ = new DocumentReader(text[..length]).ReadToEnd();
            }
            catch (ProtocolException)
            {
            }
        }
    }
}
