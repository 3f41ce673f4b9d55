using OnionHost.AspNetCore.Configuration;
using OnionHost.Protocol;

namespace OnionHost.AspNetCore.Tests;

public sealed class AuthorityFileTests : IDisposable
{
    private const string Line =
        "auth1 orport=5001 no-v2 v3ident=0123456789ABCDEF0123456789ABCDEF01234567 127.0.0.1:7001 89ABCDEF0123456789ABCDEF0123456789ABCDEF";

    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void ReadsLinesOfATorrc()
    {
        File.WriteAllText(_file, $"# a network\nSocksPort 0\n#DirAuthority {Line}\nDirAuthority {Line}\n\n  dirauthority {Line}\r\n{Line}\n");
        var authorities = AuthorityFile.Read(_file);
        Assert.Equal(3, authorities.Count);
        Assert.Equal(5001, authorities[0].OrPort.Port);
        Assert.Equal("127.0.0.1:7001", authorities[2].DirPort.ToString());
    }

    [Fact]
    public void ReadsADescriptionInJson()
    {
        File.WriteAllText(_file, $$"""{ "nodes": {}, "dir_authorities": ["{{Line}}"] }""");
        Assert.Single(AuthorityFile.Read(_file));
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
        Assert.Contains(expected, Assert.Throws<TorException>(() => AuthorityFile.Read(_file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SaysThatAFileIsMissing() =>
        Assert.Contains("does not exist", Assert.Throws<TorException>(() => AuthorityFile.Read(_file + ".no")).Message, StringComparison.Ordinal);
}
