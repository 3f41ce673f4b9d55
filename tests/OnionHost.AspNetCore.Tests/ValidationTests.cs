using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Options;

namespace OnionHost.AspNetCore.Tests;

public class ValidationTests
{
    private static async Task<string> FaultOf(
        Dictionary<string, string?> settings, string environment = "Development", Action<WebApplicationBuilder>? configure = null)
    {
        // The application asks for the server, and the server for its options, as soon as it is built.
        var fault = await Assert.ThrowsAnyAsync<OptionsValidationException>(() => OnionApp.StartAsync(configure, environment: environment, settings: settings));
        return fault.Message;
    }

    [Theory]
    [InlineData("urls", "http://abc.onion")]
    [InlineData("urls", "http://localhost:1;HTTP://ABC.ONION:80/")]
    [InlineData("urls", "abc.onion")]
    [InlineData("http_ports", "abc.onion")]
    [InlineData("Kestrel:Endpoints:Web:Url", "http://blog.abc.onion.:8080")]
    public async Task AnOnionAddressAmongTheUrlsStopsTheStart(string key, string value)
    {
        var fault = await FaultOf(new() { [key] = value });
        Assert.Contains(key, fault, StringComparison.Ordinal);
        Assert.Contains("in the clear", fault, StringComparison.Ordinal);
        Assert.Contains("UseOnion()", fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UseUrlsWithAnOnionAddressStopsTheStart() =>
        Assert.Contains("urls", await FaultOf([], configure: builder => builder.WebHost.UseUrls("http://abc.onion")), StringComparison.Ordinal);

    [Fact]
    public async Task PreferHostingUrlsStopsTheStart() =>
        Assert.Contains("preferHostingUrls", await FaultOf([], configure: builder => builder.WebHost.PreferHostingUrls(true)), StringComparison.OrdinalIgnoreCase);

    [Fact]
    public async Task ThePublicNetworkIsNotThereYetAndTheMessageSaysWhatIs()
    {
        var fault = await FaultOf([], "Production");
        Assert.Contains("Onion:Network", fault, StringComparison.Ordinal);
        Assert.Contains("not wired yet", fault, StringComparison.Ordinal);
        Assert.Contains("docs/hosting.md", fault, StringComparison.Ordinal);
        Assert.Contains("not wired yet", await FaultOf(new() { ["Onion:Network"] = "public" }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AllFaultsAreInOneMessageWithTheirKeys()
    {
        var fault = await FaultOf(new()
        {
            ["urls"] = "http://abc.onion",
            ["Onion:Network"] = "/does/not/exist",
            ["Onion:SocksPort"] = "70000",
            ["Onion:Services:my.blog:Ports:0"] = "0",
            ["Onion:Services:my.blog:IntroductionPoints"] = "21",
            ["Onion:Services:a:KeyDirectory"] = "keys",
            ["Onion:Services:b:KeyDirectory"] = "./keys",
            ["Onion:Services:b:Ports:0"] = "80",
            ["Onion:Services:b:Ports:1"] = "80",
            ["Onion:Services:b:AllowDescriptorOnlyCookies"] = "true",
        });
        Assert.Equal(
            [],
            new[]
            {
                "urls:", "/does/not/exist does not exist", "Onion:SocksPort", "Onion:Services:my.blog: ", "Onion:Services:my.blog:Ports",
                "Onion:Services:my.blog:IntroductionPoints", "'a' and 'b' share", "Onion:Services:b:Ports: a port is named twice",
                "Onion:Services:b:AllowDescriptorOnlyCookies",
            }.Where(expected => !fault.Contains(expected, StringComparison.Ordinal)));
    }
}
