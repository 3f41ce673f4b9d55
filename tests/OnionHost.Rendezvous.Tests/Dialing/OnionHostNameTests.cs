using FsCheck;
using FsCheck.Fluent;
using OnionHost.Protocol;
using OnionHost.Rendezvous.Cookies;
using OnionHost.Rendezvous.Dialing;
using OnionHost.Rendezvous.Tests.Support;

namespace OnionHost.Rendezvous.Tests.Dialing;

public class OnionHostNameTests
{
    private const string Address = "vojcvggs3ksv45pt5pw56vqjqajuravfrb6hut7a4arq76qyd6bzs5id.onion";

    [Theory]
    [InlineData("a.onion", true)]
    [InlineData("A.ONION.", true)]
    [InlineData(".onion", true)]
    [InlineData("onion", true)]
    [InlineData(" x.onion ", true)]
    [InlineData("x.onion..", true)]
    [InlineData("x.onion.com", false)]
    [InlineData("onionx", false)]
    [InlineData("example.org", false)]
    [InlineData("", false)]
    public void Onion_space_is_recognized(string host, bool expected) => Assert.Equal(expected, OnionHostName.IsOnion(host));

    [Theory]
    [InlineData("")]
    [InlineData("www.")]
    [InlineData("a.b.c.")]
    public void Subdomains_are_dropped(string prefix)
    {
        var name = OnionHostName.Parse(prefix + Address);
        Assert.Equal(Address, name.Address.ToString());
        Assert.Null(name.Cookie);
    }

    [Fact]
    public void Cookie_is_the_label_before_the_address()
    {
        using var cookie = OnionCookie.Generate(new ScriptedRandom());
        Assert.True(OnionHostName.Parse($"{cookie.Label}.{Address}").Cookie!.HasSameSecret(cookie));
        Assert.True(OnionHostName.Parse($"www.{cookie.Label.ToUpperInvariant()}.{Address.ToUpperInvariant()}.").Cookie!.HasSameSecret(cookie));
        Assert.Null(OnionHostName.Parse($"{cookie.Label}.www.{Address}").Cookie);
        Assert.DoesNotContain(cookie.Label, OnionHostName.Parse($"{cookie.Label}.{Address}").ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("onion", OnionFailure.BadAddress)]
    [InlineData(".onion", OnionFailure.BadAddress)]
    [InlineData("short.onion", OnionFailure.BadAddress)]
    [InlineData("wojcvggs3ksv45pt5pw56vqjqajuravfrb6hut7a4arq76qyd6bzs5id.onion", OnionFailure.BadAddress)]
    [InlineData("..vojcvggs3ksv45pt5pw56vqjqajuravfrb6hut7a4arq76qyd6bzs5id.onion", OnionFailure.BadAddress)]
    [InlineData("0123456789012345678901234567890123456789012345678901.vojcvggs3ksv45pt5pw56vqjqajuravfrb6hut7a4arq76qyd6bzs5id.onion", OnionFailure.WrongAuthorization)]
    public void Mistyped_names_say_which_part(string host, OnionFailure failure) =>
        Assert.Equal(failure, Assert.Throws<OnionException>(() => OnionHostName.Parse(host)).Failure);

    [Fact]
    public void Random_names_are_refused_with_the_right_exception() => Prop.ForAll(ArbMap.Default.ArbFor<NonNull<string>>(), text =>
    {
        Assert.Throws<OnionException>(() => OnionHostName.Parse(text.Get + ".onion"));
        _ = OnionHostName.IsOnion(text.Get);
    }).QuickCheckThrowOnFailure();
}
