using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OnionHost.AspNetCore.Authentication;
using OnionHost.Protocol.Identities;
using OnionHost.Transport.Tests.Fakes;

namespace OnionHost.AspNetCore.Tests;

public class OnionAuthenticationTests
{
    private static Task<OnionApp> StartAsync() => OnionApp.StartAsync(
        builder =>
        {
            builder.Services.AddAuthentication(OnionDefaults.AuthenticationScheme).AddOnion();
            builder.Services.AddAuthorizationBuilder().AddPolicy("author", policy => policy.RequireUserName("author"));
            builder.Services.AddSingleton<IHostLabelCheck, LabelOfAlice>();
        },
        web =>
        {
            web.UseAuthentication();
            web.UseAuthorization();
            web.MapGet("/who", (ClaimsPrincipal user) =>
                $"{user.Identity!.IsAuthenticated} {user.Identity.Name ?? "-"} {user.FindFirstValue(OnionDefaults.ProofClaim) ?? "-"}");
            web.MapGet("/members", () => "welcome").RequireAuthorization();
            web.MapGet("/write", () => "write").RequireAuthorization("author");
        });

    private static async Task<string> Answer(HttpClient client, string path)
    {
        using var response = await client.GetAsync(path);
        return response.IsSuccessStatusCode ? await response.Content.ReadAsStringAsync() : response.StatusCode.ToString();
    }

    [Fact]
    public async Task AProvedCookieIsAPrincipalWithItsName()
    {
        await using var app = await StartAsync();
        using var visitor = app.Onion.CreateClient(visit: () => app.Onion.Visit("default", cookie: "author"), service: "default");
        Assert.Equal("True author introduction", await Answer(visitor, "/who"));
        Assert.Equal("welcome", await Answer(visitor, "/members"));
        Assert.Equal("write", await Answer(visitor, "/write"));
    }

    [Fact]
    public async Task ALabelInTheHostIsAPrincipalWithTheCookiesName()
    {
        await using var app = await StartAsync();
        using var alice = app.Onion.CreateClient("default", label: "alice");
        Assert.Equal("True alice host", await Answer(alice, "/who"));
        Assert.Equal("welcome", await Answer(alice, "/members"));
        Assert.Equal("Forbidden", await Answer(alice, "/write"));
        using var stranger = app.Onion.CreateClient("default", label: "mallory");
        Assert.Equal("False - -", await Answer(stranger, "/who"));
        Assert.Equal("Forbidden", await Answer(stranger, "/members"));
    }

    [Fact]
    public async Task AProvedCookieCountsMoreThanALabel()
    {
        await using var app = await StartAsync();
        using var visitor = app.Onion.CreateClient("default", label: "alice", visit: () => app.Onion.Visit("default", cookie: "bob"));
        Assert.Equal("True bob introduction", await Answer(visitor, "/who"));
    }

    [Fact]
    public async Task ACookieThatOnlyDecryptedTheDescriptorHasNoName()
    {
        await using var app = await StartAsync();
        using var visitor = app.Onion.CreateClient("default", visit: () => app.Onion.Visit("default", hasCookie: true));
        Assert.Equal("True - descriptor", await Answer(visitor, "/who"));
        Assert.Equal("welcome", await Answer(visitor, "/members"));
        Assert.Equal("Forbidden", await Answer(visitor, "/write"));
    }

    [Fact]
    public async Task WithoutACookieThereIsNobody()
    {
        await using var app = await StartAsync();
        using var visitor = app.Onion.CreateClient("default");
        Assert.Equal("False - -", await Answer(visitor, "/who"));
        Assert.Equal("Forbidden", await Answer(visitor, "/members"));
    }

    private sealed class LabelOfAlice : IHostLabelCheck
    {
        public string? Find(OnionAddress service, string host) => host == $"alice.{service}" ? "alice" : null;
    }
}
