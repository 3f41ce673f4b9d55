using OnionHost.Protocol;
using OnionHost.Protocol.Identities;
using OnionHost.Rendezvous.Cookies;
using OnionHost.Rendezvous.Keys;
using OnionHost.Rendezvous.Tests.Support;
using OnionHost.Tests.Shared;

namespace OnionHost.Rendezvous.Tests.Cookies;

public class CookieRegistryTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void Cookie_reads_as_two_labels_and_as_a_line_for_stock_tor()
    {
        var address = OnionAddress.Parse("vojcvggs3ksv45pt5pw56vqjqajuravfrb6hut7a4arq76qyd6bzs5id.onion");
        using var cookie = OnionCookie.Generate(new ScriptedRandom());
        Assert.Equal(52, cookie.Label.Length);
        Assert.Equal($"{cookie.Label}.{address}", cookie.HostName(address));
        Assert.Equal($"{address.Label}:descriptor:x25519:{cookie.Label.ToUpperInvariant()}", cookie.AuthPrivateLine(address));
        Assert.True(OnionCookie.TryParse(cookie.Label.ToUpperInvariant(), out var again));
        Assert.True(cookie.HasSameSecret(again));
        Assert.DoesNotContain(cookie.Label, cookie.ToString(), StringComparison.Ordinal);
        Assert.False(OnionCookie.TryParse(cookie.Label.AsSpan(1), out _));
        Assert.False(OnionCookie.TryParse(cookie.Label[1..] + "1", out _));
        cookie.Dispose();
        Assert.Throws<ObjectDisposedException>(() => cookie.Label);
    }

    [Fact]
    public void Keys_of_a_cookie_differ_and_are_always_the_same()
    {
        using var cookie = OnionCookie.Generate(new ScriptedRandom());
        Assert.True(OnionCookie.TryParse(cookie.Label, out var again));
        Assert.Equal(cookie.ProofKey().Public, again.ProofKey().Public);
        Assert.Equal(cookie.DescriptorKey().Public, again.DescriptorKey().Public);
        Assert.NotEqual(cookie.ProofKey().Public.ToArray(), cookie.DescriptorKey().Public.ToArray());
    }

    [Fact]
    public void Issue_list_find_and_revoke()
    {
        var registry = Create(null);
        var (changes, ended) = (0, new List<string>());
        registry.Changed += () => changes++;
        registry.Ended += ended.Add;
        var alice = registry.Issue("alice");
        var bob = registry.Issue("bob", _time.GetUtcNow().AddDays(1));
        Assert.Equal(["alice", "bob"], registry.List().Select(c => c.Name));
        Assert.All(registry.List(), c => Assert.True(c.CanProve));
        Assert.Equal("alice", registry.Find(alice.ProofKey().Public));
        Assert.Equal("bob", registry.Find(bob.ProofKey().Public));
        Assert.Contains(alice.DescriptorKey().Public, registry.DescriptorKeys());
        Assert.Throws<TorException>(() => registry.Issue("ALICE"));

        Assert.True(registry.Revoke("alice"));
        Assert.False(registry.Revoke("alice"));
        Assert.Null(registry.Find(alice.ProofKey().Public));
        Assert.DoesNotContain(alice.DescriptorKey().Public, registry.DescriptorKeys());
        Assert.Equal(["alice"], ended);
        Assert.Equal(3, changes);
    }

    [Fact]
    public async Task Expiry_ends_a_cookie_even_months_later()
    {
        var registry = Create(null);
        var ended = new TaskCompletionSource<string>();
        registry.Ended += name => ended.TrySetResult(name);
        var cookie = registry.Issue("visitor", _time.GetUtcNow().AddDays(90));
        for (var day = 0; day < 89; day++)
        {
            _time.Advance(TimeSpan.FromDays(1));
            Assert.Equal("visitor", registry.Find(cookie.ProofKey().Public));
            await Task.Yield();
        }

        // Valid up to the moment, whether or not the timer came through yet.
        _time.Advance(TimeSpan.FromDays(1));
        Assert.Null(registry.Find(cookie.ProofKey().Public));
        Assert.Empty(registry.List());
        Assert.Empty(registry.DescriptorKeys());
        while (!ended.Task.IsCompleted)
        {
            _time.Advance(TimeSpan.FromDays(1));
            await Task.Yield();
        }

        Assert.Equal("visitor", await ended.Task);
        Assert.Throws<TorException>(() => registry.Issue("late", _time.GetUtcNow()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("../x")]
    [InlineData("a/b")]
    [InlineData(".hidden")]
    [InlineData("dot.")]
    [InlineData("space name")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public void Names_that_are_no_file_names_are_refused(string name) => Assert.Throws<TorException>(() => Create(null).Issue(name));

    [Fact]
    public void There_are_no_more_cookies_than_the_descriptor_has_room_for()
    {
        var registry = new CookieRegistry(TestNode.Context(_time), null, 2);
        registry.Issue("a");
        registry.Issue("b");
        Assert.Throws<TorException>(() => registry.Issue("c"));
        registry.Revoke("a");
        registry.Issue("c");
    }

    [Fact]
    public void Files_hold_public_keys_in_stocks_format_and_survive()
    {
        using var temporary = new TemporaryDirectory();
        var expires = _time.GetUtcNow().AddDays(3);
        var cookie = Create(temporary.Path).Issue("alice", expires);
        var line = File.ReadAllText(temporary.File("alice.auth"));
        Assert.Matches("^descriptor:x25519:[A-Z2-7]{52}\n$", line);
        foreach (var file in Directory.GetFiles(temporary.Path))
        {
            Assert.DoesNotContain(cookie.Label, File.ReadAllText(file), StringComparison.OrdinalIgnoreCase);
        }

        var restarted = Create(temporary.Path);
        var info = Assert.Single(restarted.List());
        Assert.Equal(new CookieInfo("alice", _time.GetUtcNow(), expires, true), info);
        Assert.Equal("alice", restarted.Find(cookie.ProofKey().Public));
        Assert.Equal(cookie.DescriptorKey().Public, Assert.Single(restarted.DescriptorKeys()));

        restarted.Revoke("alice");
        Assert.Empty(Directory.GetFiles(temporary.Path));
    }

    [Fact]
    public void Clients_of_stock_tor_are_known_by_the_descriptor_key_only()
    {
        using var temporary = new TemporaryDirectory();
        File.WriteAllText(temporary.File("bob.auth"), "descriptor:x25519:OM7TGIVRYMY6PFX6GAC6ATRTA5U6WW6U7A4ZNHQDI6OVL52XVV2Q\n");
        File.WriteAllText(temporary.File("broken.auth"), "descriptor:x25519:OM7");
        File.WriteAllText(temporary.File("notes.txt"), "not a client");
        var registry = Create(temporary.Path);
        Assert.False(Assert.Single(registry.List()).CanProve);
        Assert.Single(registry.DescriptorKeys());
    }

    [Fact]
    public void Sidecar_of_another_key_does_not_count()
    {
        using var temporary = new TemporaryDirectory();
        Create(temporary.Path).Issue("alice");
        File.WriteAllText(temporary.File("alice.auth"), "descriptor:x25519:OM7TGIVRYMY6PFX6GAC6ATRTA5U6WW6U7A4ZNHQDI6OVL52XVV2Q\n");
        Assert.Empty(Create(temporary.Path).List());
    }

    [Fact]
    public void Cookies_that_expired_while_nobody_looked_are_gone_after_a_restart()
    {
        using var temporary = new TemporaryDirectory();
        Create(temporary.Path).Issue("alice", _time.GetUtcNow().AddHours(1));
        var later = new ManualTimeProvider(_time.GetUtcNow().AddHours(2));
        Assert.Empty(new CookieRegistry(TestNode.Context(later), Files(temporary.Path), 10).List());
        Assert.Empty(Directory.GetFiles(temporary.Path));
    }

    private static CookieFiles Files(string path) => new(path, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);

    private CookieRegistry Create(string? path) => new(TestNode.Context(_time), path is null ? null : Files(path), 100);
}
