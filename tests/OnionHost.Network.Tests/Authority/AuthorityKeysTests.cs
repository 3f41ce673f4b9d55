using System.Net;
using OnionHost.Network.Authority;
using OnionHost.Protocol;

namespace OnionHost.Network.Tests.Authority;

public sealed class AuthorityKeysTests : IDisposable
{
    private static readonly DateTimeOffset Now = AuthorityFixture.Start;

    /// <summary>Finding the primes of real keys takes seconds.</summary>
    private const int Bits = 1024;

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"authority-{Guid.NewGuid():N}");

    [Fact]
    public void Keys_are_made_once_and_loaded_again()
    {
        var address = IPEndPoint.Parse("127.0.0.1:7000");
        using var made = LoadOrCreate(_folder, Now, address);
        using var loaded = LoadOrCreate(_folder, Now.AddDays(1), address);

        Assert.Equal(made.Identity, loaded.Identity);
        Assert.Equal(made.Certificate.SigningKeyDigest, loaded.Certificate.SigningKeyDigest);
        Assert.Equal(address, loaded.Certificate.Address);
        Assert.Equal(["authority_certificate", "authority_identity_key", "authority_signing_key"], System.IO.Directory.GetFiles(_folder).Select(Path.GetFileName).Order());
        Assert.All(System.IO.Directory.GetFiles(_folder), f =>
            Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(f) == (UnixFileMode.UserRead | UnixFileMode.UserWrite)));
        Assert.DoesNotContain("PRIVATE", made.ToString(), StringComparison.Ordinal);
        Assert.Equal((Bits, Bits), (made.Certificate.IdentityKey.Bits, made.Signing.Public.Bits));
    }

    [Fact]
    public void The_signing_key_is_renewed_before_it_expires()
    {
        using var made = LoadOrCreate(_folder, Now);
        using var renewed = LoadOrCreate(_folder, Now.AddDays(340));

        Assert.Equal(made.Identity, renewed.Identity);
        Assert.NotEqual(made.Certificate.SigningKeyDigest, renewed.Certificate.SigningKeyDigest);
        Assert.True(renewed.Certificate.Expires > Now.AddDays(600));
    }

    [Fact]
    public void The_identity_key_may_be_kept_elsewhere()
    {
        LoadOrCreate(_folder, Now).Dispose();
        File.Delete(Path.Combine(_folder, "authority_identity_key"));

        using var loaded = LoadOrCreate(_folder, Now.AddDays(340));

        Assert.True(loaded.Certificate.IsLive(Now.AddDays(340)));
    }

    [Theory]
    [InlineData("authority_certificate")]
    [InlineData("authority_signing_key")]
    [InlineData("authority_identity_key")]
    public void Damaged_files_are_named(string name)
    {
        LoadOrCreate(_folder, Now).Dispose();
        File.WriteAllText(Path.Combine(_folder, name), "nonsense");

        var fault = Assert.Throws<TorException>(() => LoadOrCreate(_folder, Now));

        Assert.Equal(TorErrorKind.Local, fault.Kind);
        Assert.Contains(name, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_that_do_not_belong_together_are_refused()
    {
        var other = _folder + "-other";
        try
        {
            LoadOrCreate(_folder, Now).Dispose();
            LoadOrCreate(other, Now).Dispose();
            File.Copy(Path.Combine(other, "authority_signing_key"), Path.Combine(_folder, "authority_signing_key"), overwrite: true);

            Assert.Throws<TorException>(() => LoadOrCreate(_folder, Now));
        }
        finally
        {
            System.IO.Directory.Delete(other, recursive: true);
        }
    }

    public void Dispose()
    {
        if (System.IO.Directory.Exists(_folder))
        {
            System.IO.Directory.Delete(_folder, recursive: true);
        }
    }

    private static AuthorityKeys LoadOrCreate(string folder, DateTimeOffset now, IPEndPoint? address = null) =>
        AuthorityKeys.LoadOrCreate(folder, now, address, Bits);
}
