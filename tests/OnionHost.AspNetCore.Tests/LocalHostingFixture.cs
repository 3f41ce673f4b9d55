using System.Net;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OnionHost.AspNetCore.Authentication;
using OnionHost.AspNetCore.Configuration;
using OnionHost.AspNetCore.Services;
using OnionHost.Rendezvous.Services;
using OnionHost.Transport.Tests.Fakes;

namespace OnionHost.AspNetCore.Tests;

/// <summary>One application on the embedded network, as in Development, for all tests of a class.</summary>
public sealed class LocalHostingFixture : IAsyncLifetime
{
    private static readonly TimeSpan TimeToStart = TimeSpan.FromMinutes(3);

    private readonly string _root = Directory.CreateTempSubdirectory("onionhost-").FullName;
    private WebApplication? _app;

    public IServiceProvider Services => _app!.Services;

    public OnionService Blog => Services.GetRequiredService<IOnionServices>()["blog"];

    /// <summary>The https endpoint in the clear, beside the onion address.</summary>
    public Uri Clear => new(_app!.Urls.Single(url => url.StartsWith("https://127.0.0.1", StringComparison.Ordinal)));

    internal LogRecorder Logs { get; } = new();

    public string Root => _root;

    public async Task InitializeAsync()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Development", ContentRootPath = _root });
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection([new("Onion:Services:blog:Ports:0", "80"), new("Onion:WaitUntilReachable", "true")]);
        builder.Logging.ClearProviders().AddProvider(Logs);
        builder.WebHost.UseOnion(onion => onion.ConfigureLocalNetwork = network => network with { Relays = 5 });
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
        builder.Services.AddAuthentication(OnionDefaults.AuthenticationScheme).AddOnion();
        builder.Services.AddHealthChecks().AddOnion();
        builder.Services.AddHttpClient("tor").UseOnion(options => options.ConnectTimeout = TimeToStart);
        _app = builder.Build();
        _app.UseOnionLocation();
        _app.UseAuthentication();
        _app.MapGet("/who", (HttpContext context, ClaimsPrincipal user) =>
            $"{context.IsOnion()} {user.Identity!.Name ?? "-"} {user.FindFirstValue(OnionDefaults.ProofClaim) ?? "-"}");
        _app.MapGet("/page", () => Results.Text("<p>", "text/html"));
        _app.MapGet("/plain", () => Results.Text("p", "text/plain"));
        await _app.StartAsync().WaitAsync(TimeToStart);
    }

    public async Task DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }

        Directory.Delete(_root, recursive: true);
    }

    public HttpClient Visitor() => Services.GetRequiredService<IHttpClientFactory>().CreateClient("tor");
}
