using System.Diagnostics;
using System.Net;
using HiddenBlog.Posts;
using HiddenBlog.Protection;
using Microsoft.Extensions.Options;
using OnionHost.AspNetCore.Clients;
using OnionHost.AspNetCore.Configuration;
using OnionHost.AspNetCore.Services;
using OnionHost.Protocol;
using OnionHost.Rendezvous.Services;
using Spectre.Console;

namespace HiddenBlog.Launch;

/// <summary>The blog from its start to its end: build, start, wait until it can be read, tell, wait for the end.</summary>
internal sealed class BlogLaunch(BlogOptions options, IReporter reporter)
{
    private static readonly TimeSpan TimeToStart = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan TimeToDispose = TimeSpan.FromSeconds(2);

    public static Task<int> RunAsync(BlogOptions options, CancellationToken cancellationToken) =>
        new BlogLaunch(options, ReporterFor(options)).RunAsync(cancellationToken);

    private static IReporter ReporterFor(BlogOptions options) => options.Json
        ? new JsonReporter(Console.Out)
        : AnsiConsole.Profile.Out.IsTerminal && AnsiConsole.Profile.Capabilities.Interactive
            ? new PictureReporter(AnsiConsole.Console)
            : new LineReporter(Console.Out, Console.Error);

    private async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            var progress = new SharedProgress();
            var directory = BlogDirectory.Prepare(options.DataDirectory);
            using var held = EarlyChecks.Lock(directory);
            EarlyChecks.SocksPort(options.SocksPort);
            await using var app = new BoundedApp(BlogHost.Build(options with { DataDirectory = directory }, progress), TimeToDispose);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, app.Lifetime.ApplicationStopping);
            try
            {
                var ready = await reporter.ShowAsync(steps =>
                {
                    progress.To = steps;
                    return StartAsync(app.Web, directory, steps, stop.Token);
                });
                reporter.Ready(ready);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested || app.Lifetime.ApplicationStopping.IsCancellationRequested)
            {
                return ExitCode.Ended;
            }

            await app.Web.WaitForShutdownAsync(cancellationToken);
            reporter.Stopping();
            return ExitCode.Ended;
        }
        catch (Exception fault)
        {
            reporter.Failed(MessageOf(fault) ?? $"it failed in a way that it should not: {fault.GetType().Name}, {fault.Message} --verbose shows where.");
            if (options.Verbose)
            {
                await Console.Error.WriteLineAsync(fault.ToString());
            }

            return ExitCode.Failed;
        }
    }

    private static async Task<BlogReady> StartAsync(WebApplication app, string directory, IProgress<Step> steps, CancellationToken stop)
    {
        using var late = new CancellationTokenSource(TimeToStart);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop, late.Token);
        try
        {
            steps.Report(new Step("opening the posts", 2));
            app.Services.GetRequiredService<BlogStore>().Open();
            await app.StartAsync(limit.Token);
            var client = await app.Services.GetRequiredService<ITorClientSource>().GetAsync(limit.Token);
            var service = app.Services.GetRequiredService<IOnionServices>()[BlogHost.Service];
            var cookie = OwnerCookie.GetOrIssue(directory, service.Cookies);

            service.Changed += Tell;
            Tell(service.Snapshot);
            await service.WaitUntilReachableAsync(limit.Token);
            service.Changed -= Tell;

            var socks = client.SocksEndPoint!;
            steps.Report(new Step("fetching the front page through the network", 96));
            await FrontPage.FetchAsync(service.Address, socks, limit.Token);
            return new BlogReady(service.Address.ToString(), cookie.HostName(service.Address), socks.Port, SinceProcessStart(), directory);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            throw new LaunchException($"The blog could not be read through the network within {TimeToStart.TotalSeconds:0} s. Try again with --verbose to see why.");
        }

        void Tell(OnionServiceSnapshot now) => steps.Report(now.State switch
        {
            OnionServiceState.Bootstrapping => new Step("the client joins the network", 70),
            OnionServiceState.OpeningIntroductions => new Step($"introduction points: {now.IntroductionPoints} of {now.WantedIntroductionPoints}", 80),
            OnionServiceState.Publishing when now.DescriptorDirectories == 0 => new Step("publishing the descriptor", 85),
            OnionServiceState.Publishing => new Step($"descriptor stored by {now.DescriptorUploads} of {now.DescriptorDirectories} directories", 90),
            _ => new Step("the onion service is reachable", 95),
        });
    }

    private static long SinceProcessStart()
    {
        using var process = Process.GetCurrentProcess();
        return (long)(TimeProvider.System.GetUtcNow() - process.StartTime.ToUniversalTime()).TotalMilliseconds;
    }

    // What a person can do something about has a message of its own; anything else is a bug.
    private static string? MessageOf(Exception fault) => fault switch
    {
        LaunchException or TorException => fault.Message,
        OptionsValidationException invalid => string.Join(Environment.NewLine, invalid.Failures),
        IOException { InnerException: { } cause } => $"{fault.Message} {cause.Message}",
        IOException or UnauthorizedAccessException or Microsoft.Data.Sqlite.SqliteException => fault.Message,
        AggregateException { InnerException: { } inner } => MessageOf(inner),
        _ => null,
    };
}
