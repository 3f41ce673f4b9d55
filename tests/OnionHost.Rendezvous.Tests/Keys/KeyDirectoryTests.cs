using System.Diagnostics;
using OnionHost.Network.Storage;
using OnionHost.Protocol;
using OnionHost.Protocol.Identities;
using OnionHost.Rendezvous.Keys;
using OnionHost.Rendezvous.Tests.Support;

namespace OnionHost.Rendezvous.Tests.Keys;

public class KeyDirectoryTests
{
    private readonly ScriptedRandom _random = new();

    [Fact]
    public void Address_survives_and_files_are_private()
    {
        using var temporary = new TemporaryDirectory();
        var path = temporary.File("a/b/service");
        OnionAddress address;
        using (var first = KeyDirectory.Open(path, [], _random))
        {
            address = first.Address;
        }

        using var second = KeyDirectory.Open(path, [], _random);
        Assert.Equal(address, second.Address);
        Assert.Equal(address + "\n", File.ReadAllText(Path.Combine(path, "hostname")));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(path));
            foreach (var file in Directory.GetFiles(path))
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            }
        }
    }

    [Fact]
    public void Open_directory_is_taken_from_others()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var temporary = new TemporaryDirectory();
        File.SetUnixFileMode(temporary.Path, (UnixFileMode)0b111_101_101);
        using var keys = KeyDirectory.Open(temporary.Path, [], _random);
        Assert.Equal((UnixFileMode)0b111_000_000, File.GetUnixFileMode(temporary.Path));
    }

    [Fact]
    public void Second_user_is_told_that_it_is_locked()
    {
        using var temporary = new TemporaryDirectory();
        using var first = KeyDirectory.Open(temporary.Path, [], _random);
        var fault = Assert.Throws<TorException>(() => KeyDirectory.Open(temporary.Path, [], _random));
        Assert.Contains("locked", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Foreign_or_damaged_directories_are_refused_with_the_reason()
    {
        Refused("no key file", path => File.WriteAllBytes(Path.Combine(path, "hs_ed25519_secret_key"), new byte[96]));
        Refused("instead of 96", path => File.WriteAllBytes(Path.Combine(path, "hs_ed25519_secret_key"), new byte[95]));
        Refused("version 2", path => File.WriteAllText(Path.Combine(path, "private_key"), "-----BEGIN RSA PRIVATE KEY-----"));
        Refused("lost or is kept elsewhere", path =>
        {
            KeyDirectory.Open(path, [], _random).Dispose();
            File.Delete(Path.Combine(path, "hs_ed25519_secret_key"));
        });
        Refused("mixed", path =>
        {
            KeyDirectory.Open(path, [], _random).Dispose();
            ServiceKeyFile.Write(Path.Combine(path, "hs_ed25519_public_key"), ServiceKeyFile.Public, new byte[32]);
        });
    }

    [Fact]
    public void Imported_key_is_kept_and_must_stay_the_same()
    {
        using var temporary = new TemporaryDirectory();
        var key = new byte[64];
        using (var source = KeyDirectory.Open(temporary.File("one"), [], _random))
        {
            source.Identity.CopyTo(key);
        }

        using (var imported = KeyDirectory.Open(temporary.File("two"), key, _random))
        {
            Assert.Equal(File.ReadAllText(temporary.File("one/hostname")), imported.Address + "\n");
        }

        KeyDirectory.Open(temporary.File("three"), [], _random).Dispose();
        Assert.Throws<TorException>(() => KeyDirectory.Open(temporary.File("three"), key, _random));
    }

    [Fact]
    public void Truncated_key_files_are_protocol_errors()
    {
        using var temporary = new TemporaryDirectory();
        ServiceKeyFile.Write(temporary.File("key"), ServiceKeyFile.Secret, new byte[64]);
        var content = File.ReadAllBytes(temporary.File("key"));
        for (var i = 0; i < content.Length; i++)
        {
            Assert.Throws<ProtocolException>(() => TaggedKeyFile.Parse(content.AsSpan(0, i), ServiceKeyFile.Secret, 64));
        }

        Assert.Equal(64, TaggedKeyFile.Parse(content, ServiceKeyFile.Secret, 64).Length);
    }

    [SkippableFact]
    public async Task Directory_of_stock_tor_opens_and_gives_the_same_files()
    {
        Skip.IfNot(File.Exists("/usr/sbin/tor") || File.Exists("/usr/bin/tor"), "needs tor: apt-get install tor");
        using var temporary = new TemporaryDirectory();
        var service = temporary.File("hs");
        await RunTorUntilAsync(temporary, service, () => File.Exists(Path.Combine(service, "hostname")));
        var host = File.ReadAllText(Path.Combine(service, "hostname"));
        var secret = File.ReadAllBytes(Path.Combine(service, "hs_ed25519_secret_key"));

        using (var keys = KeyDirectory.Open(service, [], _random))
        {
            Assert.Equal(host, keys.Address + "\n");
        }

        // Our own files made from the same key are the same, byte for byte.
        using (KeyDirectory.Open(temporary.File("ours"), secret.AsSpan(32), _random))
        {
            foreach (var name in new[] { "hostname", "hs_ed25519_secret_key", "hs_ed25519_public_key" })
            {
                Assert.Equal(File.ReadAllBytes(Path.Combine(service, name)), File.ReadAllBytes(Path.Combine(temporary.File("ours"), name)));
            }
        }

        // And stock tor takes a directory that we made.
        string address;
        using (var made = KeyDirectory.Open(temporary.File("made"), [], _random))
        {
            address = made.Address.ToString();
        }

        File.Delete(temporary.File("made/hostname"));
        await RunTorUntilAsync(temporary, temporary.File("made"), () => File.Exists(temporary.File("made/hostname")));
        Assert.Equal(address + "\n", File.ReadAllText(temporary.File("made/hostname")));
    }

    private static async Task RunTorUntilAsync(TemporaryDirectory temporary, string service, Func<bool> done)
    {
        var torrc = temporary.File("torrc");
        await File.WriteAllTextAsync(
            torrc, $"DisableNetwork 1\nSocksPort 0\nDataDirectory {temporary.File("data")}\nHiddenServiceDir {service}\nHiddenServicePort 80\n");
        var start = new ProcessStartInfo("tor", ["--defaults-torrc", torrc, "-f", torrc]) { RedirectStandardOutput = true };
        using var tor = Process.Start(start)!;
        try
        {
            // Tor writes its log line after the files; the log's end or 20 s bound the wait.
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            while (!done() && await tor.StandardOutput.ReadLineAsync(limit.Token) is not null)
            {
            }
        }
        finally
        {
            tor.Kill();
            await tor.WaitForExitAsync();
        }
    }

    private void Refused(string reason, Action<string> prepare)
    {
        using var temporary = new TemporaryDirectory();
        prepare(temporary.Path);
        var fault = Assert.Throws<TorException>(() => KeyDirectory.Open(temporary.Path, [], _random));
        Assert.Contains(reason, fault.Message, StringComparison.Ordinal);
    }
}
