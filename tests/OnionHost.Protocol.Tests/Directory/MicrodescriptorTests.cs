using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using OnionHost.Protocol.Directory;
using OnionHost.Tests.Shared;

namespace OnionHost.Protocol.Tests.Directory;

public sealed class MicrodescriptorTests
{
    [Fact]
    public void Stock_microdescriptors_are_those_the_consensus_names()
    {
        var all = Split("fixtures/microdescs.txt").Select(d => Microdescriptor.Parse(d)).ToList();
        var named = Vectors.Text("fixtures/consensus-microdesc.txt").Split('\n').Where(l => l.StartsWith("m ", StringComparison.Ordinal)).Select(l => l[2..]).ToHashSet();
        Assert.NotEmpty(all);
        Assert.Contains(all, m => named.Contains(m.Digest.ToString()));
        Assert.All(all, m => Assert.NotNull(m.Identity));
        Assert.Equal("ed25519:8GtRoEori5PpzaI1Z0z8zq58f5K2nBZ7z+lwsDo5W80", Assert.Single(all[0].FamilyIds));
        Assert.True(all[0].Policy.Allows(80));
        Assert.False(all[0].Policy.Allows(81));
        Assert.False(all[1].Policy.Allows(80));
        Assert.Equal("accept 80,443", all[2].PolicyIPv6.ToString());
        Assert.Equal(2, all[3].Family.Length);
    }

    [Theory]
    [InlineData("OtherNode !Strange", "!Strange $D219590AC9513BCDEBBA9AB721007A4CC01BBAE3 othernode")]
    [InlineData("$d219590ac9513bcdebba9ab721007a4cc01bbae3=Nick", "$D219590AC9513BCDEBBA9AB721007A4CC01BBAE3")]
    [InlineData("D219590AC9513BCDEBBA9AB721007A4CC01BBAE4~n B a A", "$D219590AC9513BCDEBBA9AB721007A4CC01BBAE3 $D219590AC9513BCDEBBA9AB721007A4CC01BBAE4 a b")]
    [InlineData("", "")]
    public void Families_become_canonical(string declared, string canonical)
    {
        var own = Identities.RelayFingerprint.Parse("D219590AC9513BCDEBBA9AB721007A4CC01BBAE3");
        var family = RelayFamily.Canonicalize([.. declared.Split(' ', StringSplitOptions.RemoveEmptyEntries)], own);
        Assert.Equal(canonical, string.Join(' ', family));
    }

    [Fact]
    public void Damaged_microdescriptors_give_a_protocol_exception() =>
        DocumentDamage.AssertOnlyProtocolExceptions(
            System.Text.Encoding.ASCII.GetString(Split("fixtures/microdescs.txt").First()), bytes => Microdescriptor.Parse(bytes));

    [Fact]
    public void Any_bytes_give_a_microdescriptor_or_a_protocol_exception() =>
        Prop.ForAll<byte[]>(bytes =>
        {
            try
            {
                Microdescriptor.Parse([.. "onion-key\nntor-onion-key "u8, .. bytes]);
            }
            catch (ProtocolException)
            {
            }
        }).QuickCheckThrowOnFailure();

    private static IEnumerable<byte[]> Split(string name) =>
        DocumentReader.Split(System.Text.Encoding.ASCII.GetBytes(Vectors.Text(name)), Microdescriptor.FirstKeyword).Select(d => d.ToArray());
}
