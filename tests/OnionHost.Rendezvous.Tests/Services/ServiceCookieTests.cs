using OnionHost.Network.Paths;
using OnionHost.Protocol;
using OnionHost.Rendezvous.Dialing;
using OnionHost.Rendezvous.Services;
using OnionHost.Rendezvous.Tests.Support;

namespace OnionHost.Rendezvous.Tests.Services;

/// <summary>Who is let in by a service that issues cookies.</summary>
public sealed class ServiceCookieTests : ServiceScene
{
    [Fact]
    public async Task Cookie_is_proved_by_name_and_revoked_alone()
    {
        var service = await StartReachableAsync(new OnionServiceOptions { RequireCookie = true });
        var listener = service.Listen(80);
        var (alice, bob) = (service.Cookies.Issue("alice"), service.Cookies.Issue("bob"));
        await UntilAsync(() => Reads(service, alice) && Reads(service, bob));
        var (first, second) = (await VisitAsync(service, alice), await VisitAsync(service, bob));
        await first.OpenAsync(80, CancellationToken.None);
        var connection = await listener.AcceptAsync();
        Assert.Equal(("alice", true), (connection!.CookieName, connection.HasCookie));

        service.Cookies.Revoke("alice");
        Assert.False(first.IsOpen);
        Assert.True(second.IsOpen);
        await UntilAsync(() => !Reads(service, alice));
        Assert.Equal(OnionFailure.WrongAuthorization, (await Assert.ThrowsAsync<OnionException>(() => VisitAsync(service, alice))).Failure);
        Assert.Equal(OnionFailure.MissingAuthorization, (await Assert.ThrowsAsync<OnionException>(() => VisitAsync(service))).Failure);
        Assert.True((await VisitAsync(service, bob)).IsOpen);
    }

    [Fact]
    public async Task Service_that_requires_cookies_and_has_issued_none_is_closed_to_all()
    {
        var service = await StartReachableAsync(new OnionServiceOptions { RequireCookie = true });
        Assert.Equal(OnionFailure.MissingAuthorization, (await Assert.ThrowsAsync<OnionException>(() => VisitAsync(service))).Failure);
    }

    [Fact]
    public async Task Expired_cookie_ends_like_a_revoked_one()
    {
        var service = await StartReachableAsync(new OnionServiceOptions { RequireCookie = true });
        var cookie = service.Cookies.Issue("guest", Clock.GetUtcNow().AddMinutes(10));
        await UntilAsync(() => Reads(service, cookie));
        var circuit = await VisitAsync(service, cookie);
        await Clock.RunAsync(TimeSpan.FromMinutes(11));
        await UntilAsync(() => !circuit.IsOpen && !Reads(service, cookie));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Revoked_visitor_with_an_old_descriptor_is_met_with_silence(bool allowDescriptorOnly)
    {
        var service = await StartReachableAsync(new OnionServiceOptions { RequireCookie = true, AllowDescriptorOnlyCookies = allowDescriptorOnly });
        var cookie = service.Cookies.Issue("alice");
        await UntilAsync(() => Reads(service, cookie));
        var view = await Network.FindAsync(Name(service, cookie), IsolationKey.None, Freshness.Known, CancellationToken.None);
        service.Cookies.Revoke("alice");
        var connector = new OnionConnector(Context, new OneView(view), Network);
        var visit = connector.ConnectAsync(Name(service, cookie), IsolationKey.None, false, CancellationToken.None);
        await Clock.RunUntilAsync(() => visit.IsCompleted);
        await Assert.ThrowsAsync<OnionException>(() => visit);
        Assert.Empty(Network.Joined);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Visitor_without_proof_is_let_in_only_where_that_is_allowed(bool allowed)
    {
        var service = await StartReachableAsync(new OnionServiceOptions { RequireCookie = true, AllowDescriptorOnlyCookies = allowed });
        var listener = service.Listen(80);
        var cookie = service.Cookies.Issue("stock");
        await UntilAsync(() => Reads(service, cookie));

        // A stock client decrypts with the cookie, and introduces itself without a proof.
        var view = await Network.FindAsync(Name(service, cookie), IsolationKey.None, Freshness.Known, CancellationToken.None);
        var visit = new OnionConnector(Context, new OneView(view), Network).ConnectAsync(Name(service), IsolationKey.None, false, CancellationToken.None);
        if (allowed)
        {
            // In virtual time, which stands still: it takes none.
            await (await visit).OpenAsync(80, CancellationToken.None);
            var connection = await listener.AcceptAsync();
            Assert.Equal((null, true), (connection!.CookieName, connection.HasCookie));
        }
        else
        {
            await Clock.RunUntilAsync(() => visit.IsCompleted);
            Assert.Equal(OnionFailure.RendezvousFailed, (await Assert.ThrowsAsync<OnionException>(() => visit)).Failure);
            Assert.Empty(Network.Joined);
        }
    }

    [Fact]
    public async Task Cookie_of_an_open_service_names_the_visitor()
    {
        var service = await StartReachableAsync(new OnionServiceOptions());
        var listener = service.Listen(80);
        var cookie = service.Cookies.Issue("member");
        await (await VisitAsync(service, cookie)).OpenAsync(80, CancellationToken.None);
        Assert.Equal("member", (await listener.AcceptAsync())!.CookieName);
    }
}
