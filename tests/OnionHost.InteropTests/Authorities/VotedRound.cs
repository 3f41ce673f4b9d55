using OnionHost.Protocol.Directory.Consensuses;

namespace OnionHost.InteropTests;

/// <summary>What every authority published in one round, both flavours.</summary>
internal sealed class VotedRound(DateTimeOffset validAfter)
{
    private readonly Dictionary<(string Authority, ConsensusFlavor Flavor), Consensus> _published = [];

    public DateTimeOffset ValidAfter => validAfter;

    /// <summary>Any of the copies: they are the same if the round is good.</summary>
    public Consensus Any => _published.Values.First(consensus => consensus.Flavor == ConsensusFlavor.Ns);

    public int Count => _published.Count;

    public void Add(string authority, Consensus consensus) => _published[(authority, consensus.Flavor)] = consensus;

    /// <summary>Fails unless all authorities published the same, signed by all.</summary>
    public void AssertGood(int authorities)
    {
        var report = $"The round of {validAfter:u}:\n" + string.Join('\n', _published.Select(p =>
            $"{p.Key.Authority} {p.Key.Flavor}: {p.Value.Sha256}, votes {p.Value.Authorities.Count}, signatures {p.Value.Signatures.Count}"));
        Assert.True(_published.Count == 2 * authorities, report);
        foreach (var flavor in _published.GroupBy(p => p.Key.Flavor, p => p.Value))
        {
            Assert.True(flavor.Select(consensus => consensus.Sha256).Distinct().Count() == 1, report);
            Assert.All(flavor, consensus => Assert.True(consensus.Authorities.Count == authorities && consensus.Signatures.Count == authorities, report));
        }
    }
}
