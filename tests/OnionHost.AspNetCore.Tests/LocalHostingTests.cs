using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using OnionHost.AspNetCore.Authentication;
using OnionHost.AspNetCore.Metrics;
using OnionHost.Rendezvous.Services;
using OnionHost.Transport.Tests.Fakes;

namespace OnionHost.AspNetCore.Tests;

/// <summary>The whole way: an application on the embedded network, visited through it.</summary>
public class LocalHostingTests(LocalHostingFixture host) : IClassFixture<LocalHostingFixture>
{
    private string Address => host.Blog.Address.ToString();

    [Fact]
    public async Task AVisitorComesByOnionAndIsNobody()
    {
        Assert.Equal(OnionServiceState.Reachable, host.Blog.State);
        using var visitor = host.Visitor();
        Assert.Equal("True - -", await visitor.GetStringAsync($"http://{Address}/who"));
        Assert.True(File.Exists(Path.Combine(host.Root, "data", "onion", "services", "blog", "hs_ed25519_secret_key")));
    }

    [Fact]
    public async Task ACookieIsProvedOrShownUntilItIsRevoked()
    {
        var cookie = host.Blog.Cookies.Issue("alice");
        using var visitor = host.Visitor();
        Assert.Equal("True alice introduction", await visitor.GetStringAsync($"http://{cookie.HostName(host.Blog.Address)}/who"));

        // A stock browser leaves the label out of the lookup, and sends it as the host all the same.
        Assert.Equal("True alice host", await WhoAsync(visitor, cookie.HostName(host.Blog.Address)));
        host.Blog.Cookies.Revoke("alice");
        Assert.Equal("True - -", await WhoAsync(visitor, cookie.HostName(host.Blog.Address)));
    }

    [Fact]
    public void ALabelCountsOnlyBeforeItsOwnService()
    {
        var cookie = host.Blog.Cookies.Issue("bob");
        var check = host.Services.GetRequiredService<IHostLabelCheck>();
        var other = FakeOnion.AddressOf("other");
        Assert.Equal("bob", check.Find(host.Blog.Address, cookie.HostName(host.Blog.Address)));
        Assert.Equal("bob", check.Find(host.Blog.Address, cookie.HostName(host.Blog.Address).ToUpperInvariant()));
        Assert.Null(check.Find(other, cookie.HostName(other)));
        Assert.Null(check.Find(host.Blog.Address, cookie.HostName(other)));
        Assert.Null(check.Find(host.Blog.Address, Address));
        Assert.Null(check.Find(host.Blog.Address, $"{new string('a', 52)}.{Address}"));
        Assert.Null(check.Find(host.Blog.Address, $"{new string('1', 52)}.{Address}"));
        Assert.Null(check.Find(host.Blog.Address, ""));
    }

    [Fact]
    public async Task TheClearSiteTellsWhereTheOnionAddressIs()
    {
        using var clear = new HttpClient(new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, _, _, _) => true }) { BaseAddress = host.Clear };
        using var page = await clear.GetAsync("/page?a=b%20c");
        Assert.Equal([$"http://{Address}/page?a=b%20c"], page.Headers.GetValues("Onion-Location"));
        using var plain = await clear.GetAsync("/plain");
        Assert.False(plain.Headers.Contains("Onion-Location"));
        using var visitor = host.Visitor();
        using var onion = await visitor.GetAsync($"http://{Address}/page");
        Assert.False(onion.Headers.Contains("Onion-Location"));
    }

    [Fact]
    public async Task HealthAndMetricsTellThatTheServiceIsReachable()
    {
        var report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        Assert.Equal(HealthStatus.Healthy, report.Status);
        Assert.Contains("blog: Reachable", report.Entries["onion"].Description, StringComparison.Ordinal);

        var values = new Dictionary<string, int>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == OnionMetrics.MeterName)
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => values[$"{instrument.Name} {tags[0].Value}"] = value);
        listener.Start();
        listener.RecordObservableInstruments();
        Assert.Equal(1, values["onionhost.service.reachable blog"]);
        Assert.Equal(3, values["onionhost.introduction_points.active blog"]);
    }

    [Fact]
    public async Task WhoDoesNotExistIsAFailureAndNoClearConnection()
    {
        using var visitor = host.Visitor();
        await Assert.ThrowsAsync<HttpRequestException>(() => visitor.GetStringAsync($"http://{FakeOnion.AddressOf("nobody")}/"));
        Assert.DoesNotContain(host.Logs.Entries, entry => entry.Level == LogLevel.Critical);
    }

    private async Task<string> WhoAsync(HttpClient visitor, string hostName)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{Address}/who");
        request.Headers.Host = hostName;
        using var response = await visitor.SendAsync(request);
        return await response.Content.ReadAsStringAsync();
    }
}
