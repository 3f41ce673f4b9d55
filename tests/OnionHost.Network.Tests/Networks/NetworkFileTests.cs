using OnionHost.Network.Networks;
using OnionHost.Protocol;

namespace OnionHost.Network.Tests.Networks;

public sealed class NetworkFileTests : IDisposable
{
    private const string Line =
        "auth1 orport=5001 no-v2 v3ident=0123456789ABCDEF0123456789ABCDEF01234567 127.0.0.1:7001 89ABCDEF0123456789ABCDEF0123456789ABCDEF";

    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void ReadsLinesOfATorrc()
    {
        File.WriteAllText(_file, $"# a network\nSocksPort 0\n#DirAuthority {Line}\nDirAuthority {Line}\n\n  dirauthority {Line}\r\n{Line}\n");
        var authorities = NetworkDescription.Read(_file).Authorities;
        Assert.Equal(3, authorities.Count);
        Assert.Equal(5001, authorities[0].OrPort.Port);
        Assert.Equal("127.0.0.1:7001", authorities[2].DirPort.ToString());
    }

    [Fact]
    public void ReadsADescriptionInJson()
    {
        File.WriteAllText(_file, $$"""{ "nodes": {}, "dir_authorities": ["{{Line}}"] }""");
        Assert.Single(NetworkDescription.Read(_file).Authorities);
    }

    [Theory]
    [InlineData("", "holds no DirAuthority line")]
    [InlineData("{", "malformed JSON")]
    [InlineData("{}", "dir_authorities")]
    [InlineData("""{"dir_authorities": [1]}""", "malformed JSON")]
    [InlineData("""{"dir_authorities": []}""", "holds no DirAuthority line")]
    [InlineData("DirAuthority auth1 orport=5001", "FINGERPRINT")]
    public void SaysWhatIsWrong(string text, string expected)
    {
        File.WriteAllText(_file, text);
        Assert.Contains(expected, Assert.Throws<TorException>(() => NetworkDescription.Read(_file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SaysThatAFileIsMissing() =>
        Assert.Contains("does not exist", Assert.Throws<TorException>(() => NetworkDescription.Read(_file + ".no")).Message, StringComparison.Ordinal);

    [Fact]
    public void ReadsTimesAndParameters()
    {
        File.WriteAllText(
            _file,
            $$"""{ "dir_authorities": ["{{Line}}"], "voting": {"interval": 20, "vote_delay": 3, "dist_delay": 2}, "consensus_params": {"hsdir_interval": 5} }""");
        var network = NetworkDescription.Read(_file);
        Assert.Equal(TimeSpan.FromSeconds(20), network.VotingInterval);
        Assert.Equal(TimeSpan.FromSeconds(3), network.VoteDelay);
        Assert.Equal(TimeSpan.FromSeconds(2), network.DistributionDelay);
        Assert.Equal(5, network.Parameters["hsdir_interval"]);
        Assert.True(network.IsPrivate);
    }

    [Fact]
    public void ReadsFallbackDirectories()
    {
        File.WriteAllText(
            _file, $"DirAuthority {Line}\nFallbackDir 192.0.2.1:80 orport=443 id=4F067C5C488173987B568CD7245F1CA71DEE996B ipv6=[2001:db8::1]:9001\n");
        var fallback = Assert.Single(NetworkDescription.Read(_file).Fallbacks);
        Assert.Equal(["192.0.2.1:443", "[2001:db8::1]:9001"], fallback.Addresses.Select(address => address.ToString()));
    }

    [Theory]
    [InlineData("FallbackDir 192.0.2.1 orport=443")]
    [InlineData("FallbackDir orport=443 id=4F067C5C488173987B568CD7245F1CA71DEE996B")]
    [InlineData("FallbackDir 192.0.2.1 orport=0 id=4F067C5C488173987B568CD7245F1CA71DEE996B")]
    public void RefusesMalformedFallbackDirectories(string line)
    {
        File.WriteAllText(_file, $"DirAuthority {Line}\n{line}\n");
        Assert.Contains("FallbackDir", Assert.Throws<TorException>(() => NetworkDescription.Read(_file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ThePublicNetworkIsShippedWithItsDate()
    {
        var network = NetworkDescription.ReadPublic();
        Assert.Equal(9, network.Authorities.Count);
        Assert.Contains(network.Authorities, authority => authority.Nickname.ToString() == "moria1" && authority.OrPort.Port == 9201);
        Assert.Equal(200, network.Fallbacks.Count);
        Assert.NotNull(network.Date);
        Assert.False(network.IsPrivate);
    }
}
