using FsCheck;
using FsCheck.Fluent;
using OnionHost.Protocol.Directory.Consensuses;
using OnionHost.Protocol.Directory.Consensuses.Diffs;
using OnionHost.Tests.Shared;

namespace OnionHost.Protocol.Tests.Directory.Consensuses.Diffs;

/// <summary>Consensus diffs, made and applied, with one that stock tor served as the judge.</summary>
public sealed class ConsensusDiffTests
{
    private const int Maximum = 1 << 20;

    private static readonly string OldText = Vectors.Text("fixtures/consdiff-old.txt");
    private static readonly string NewText = Vectors.Text("fixtures/consdiff-new.txt");
    private static readonly string StockDiff = Vectors.Text("fixtures/consdiff-diff.txt");

    [Theory]
    [InlineData("consdiff")]
    [InlineData("consdiff-ns")]
    [InlineData("consdiff-microdesc")]
    public void Stock_diffs_are_applied_and_made_the_same(string capture)
    {
        var (older, newer, diff) = (Vectors.Text($"fixtures/{capture}-old.txt"), Vectors.Text($"fixtures/{capture}-new.txt"), Vectors.Text($"fixtures/{capture}-diff.txt"));
        Assert.Equal(newer, Apply(older, diff));
        Assert.Equal(diff, Make(older, newer));
    }

    [Fact]
    public void A_diff_applies_whatever_signatures_the_older_one_has()
    {
        var last = OldText.LastIndexOf("directory-signature ", StringComparison.Ordinal);
        Assert.Equal(NewText, Apply(OldText[..last], StockDiff));
    }

    [Fact]
    public void Relays_that_come_go_and_change_are_found()
    {
        var (header, relays, footer) = Parts(OldText);
        var changed = relays[1].Replace("Running", "Running Stable", StringComparison.Ordinal);
        Assert.NotEqual(relays[1], changed);
        var all = header + string.Concat(relays) + footer;
        string[] others =
        [
            header + string.Concat(relays[1..]) + footer,
            header + string.Concat(relays[..^1]) + footer,
            header + relays[0] + changed + string.Concat(relays[2..]) + footer,
            header + footer,
            NewText,
        ];
        foreach (var other in others)
        {
            Assert.Equal(other, Apply(all, Make(all, other)));
            Assert.Equal(all, Apply(other, Make(other, all)));
        }
    }

    [Fact]
    public void Random_edits_are_followed()
    {
        var (header, relays, footer) = Parts(OldText);
        var edits = Gen.ListOf(ArbMap.Default.GeneratorFor<byte>()).Select(list => list.ToArray());
        Prop.ForAll(edits.ToArbitrary(), bytes =>
        {
            var edited = relays.Select((relay, i) => Edit(relay, i < bytes.Length ? bytes[i] : (byte)0)).Where(relay => relay.Length > 0);
            var newer = header + string.Concat(edited) + footer;
            return Apply(OldText, Make(OldText, newer)) == newer;
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("5d", "one line goes")]
    [InlineData("0a\nx\n.", "a line at the beginning")]
    [InlineData("90,$d\n50,52c\nx\ny\n.\n1d", "from the end on")]
    public void Well_formed_scripts_are_applied(string script, string what)
    {
        var failure = Assert.Throws<ProtocolException>(() => Apply(OldText, WithScript(script)));
        Assert.True(failure.Message.Contains("another consensus than it says", StringComparison.Ordinal), what + ": " + failure.Message);
    }

    [Theory]
    [InlineData("1d\n5d", "out of order")]
    [InlineData("5,5d", "a range of one")]
    [InlineData("7,5d", "a range backwards")]
    [InlineData("5,6a\nx\n.", "added after a range")]
    [InlineData("5,$c\nx\n.", "changed to the end")]
    [InlineData("5a\nx", "without an end")]
    [InlineData("5a\n.", "nothing added")]
    [InlineData("5x", "an unknown command")]
    [InlineData("5", "no command")]
    [InlineData("0d", "line 0")]
    [InlineData("-1d", "a negative line")]
    [InlineData("d", "no number")]
    [InlineData("99999999999d", "too large a number")]
    [InlineData("5000d", "beyond the end")]
    [InlineData("5dd", "two commands")]
    public void Malformed_scripts_are_refused(string script, string what)
    {
        var failure = Assert.Throws<ProtocolException>(() => Apply(OldText, WithScript(script)));
        Assert.False(failure.Message.Contains("than it says", StringComparison.Ordinal), what);
    }

    [Fact]
    public void A_diff_of_another_consensus_is_refused() => Assert.Throws<ProtocolException>(() => Apply(NewText, StockDiff));

    [Fact]
    public void A_diff_with_another_result_is_refused() =>
        Assert.Throws<ProtocolException>(() => Apply(OldText, StockDiff.Replace("4,6c", "4,7c", StringComparison.Ordinal)));

    [Fact]
    public void The_result_is_bounded() =>
        Assert.Throws<ProtocolException>(() => { ConsensusDiff.Apply(Consensus.Parse(OldText), System.Text.Encoding.Latin1.GetBytes(StockDiff), 100); });

    [Fact]
    public void A_cut_diff_never_gives_anything_else()
    {
        var diff = System.Text.Encoding.Latin1.GetBytes(StockDiff);
        var consensus = Consensus.Parse(OldText);
        for (var length = 0; length < diff.Length; length++)
        {
            Assert.Throws<ProtocolException>(() => { ConsensusDiff.Apply(consensus, diff.AsMemory(0, length), Maximum); });
        }
    }

    [Fact]
    public void Unordered_relays_give_no_diff()
    {
        var (header, relays, footer) = Parts(OldText);
        var lines = header + string.Concat(relays.Reverse()) + footer;
        Assert.Null(LineChanges.Find(DocumentLines.Split(System.Text.Encoding.Latin1.GetBytes(OldText)), DocumentLines.Split(System.Text.Encoding.Latin1.GetBytes(lines))));
    }

    private static string Make(string from, string to) =>
        System.Text.Encoding.Latin1.GetString(ConsensusDiff.Create(Consensus.Parse(from), Consensus.Parse(to)) ?? throw new InvalidOperationException("No diff."));

    private static string Apply(string from, string diff) =>
        System.Text.Encoding.Latin1.GetString(ConsensusDiff.Apply(Consensus.Parse(from), System.Text.Encoding.Latin1.GetBytes(diff), Maximum));

    private static string WithScript(string script) => string.Join('\n', StockDiff.Split('\n')[..2]) + "\n" + script + "\n";

    private static (string Header, string[] Relays, string Footer) Parts(string text)
    {
        var (first, footer) = (text.IndexOf("\nr ", StringComparison.Ordinal) + 1, text.IndexOf("directory-footer\n", StringComparison.Ordinal));
        var relays = ("\n" + text[first..footer]).Split("\nr ", StringSplitOptions.RemoveEmptyEntries).Select(relay => "r " + relay.TrimEnd('\n') + "\n");
        return (text[..first], [.. relays], text[footer..]);
    }

    private static string Edit(string relay, byte edit) => (edit % 4) switch
    {
        0 => relay,
        1 => string.Empty,
        2 => relay.Replace("Bandwidth=", $"Bandwidth={edit}", StringComparison.Ordinal),
        _ => relay + $"x-unknown {edit}\n",
    };
}
