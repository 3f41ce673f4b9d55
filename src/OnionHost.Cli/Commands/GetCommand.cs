using OnionHost.Cli.Nodes;
using OnionHost.Cli.Settings;
using OnionHost.Cli.Visits;
using OnionHost.Network.Streams;
using OnionHost.Protocol;

namespace OnionHost.Cli.Commands;

/// <summary><c>onionhost get URL</c>: fetches a page through the network.</summary>
internal sealed class GetCommand : ToolCommand
{
    private static readonly ToolOption OutFile = new("--output", "FILE", "Where it is stored; otherwise it goes to standard output") { Takes = "a file that can be written", Short = "-o" };

    /// <inheritdoc/>
    public override string Name => "get";

    /// <inheritdoc/>
    public override string Summary => "Fetches a page, also from onion services and with cookies";

    /// <inheritdoc/>
    public override string Example => "onionhost get http://ADDRESS.onion/file --socks 127.0.0.1:9050 -o file";

    /// <inheritdoc/>
    public override IReadOnlyList<ToolOption> Options => [OutFile, .. VisitSettings.All];

    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, string Description)> Arguments => [("URL", "http:// or https://")];

    /// <inheritdoc/>
    public override Run? Bind(ToolSettings settings, ToolContext context)
    {
        var isUrl = Uri.TryCreate(settings.Arguments[0], UriKind.Absolute, out var url) && url.Scheme is "http" or "https";
        if (!isUrl && settings.Arguments[0].Length > 0)
        {
            settings.Fault($"URL: '{settings.Arguments[0]}' is not right. It takes http://HOST/… or https://HOST/….");
        }

        if (settings.Switch(Settings.Options.Json) && settings.Text(OutFile) is null)
        {
            settings.Fault(OutFile, "it is missing. With --json standard output is for events; it takes a file that can be written.");
        }

        var file = settings.Text(OutFile);
        return VisitSettings.Read(settings) is { } visit ? (session, stop) => RunAsync(visit, url!, file, session, stop) : null;
    }

    private static async Task<int> RunAsync(VisitSettings visit, Uri url, string? file, ToolSession session, CancellationToken stop)
    {
        if (visit.Socks is { } socks)
        {
            using var download = Download.Through(socks);
            return await RunAsync(download, url, file, session, stop);
        }

        using var data = visit.Client!.Data is { } path ? DataDirectory.Take(path) : null;
        await using var client = visit.Client.Create(session);
        await visit.Client.StartQuietlyAsync(client, session, stop);
        using var own = Download.Through(client);
        return await RunAsync(own, url, file, session, stop);
    }

    private static async Task<int> RunAsync(Download download, Uri url, string? file, ToolSession session, CancellationToken stop)
    {
        var part = file + ".part";
        try
        {
            var done = await DownloadProgress.ShowAsync(
                session, progress => download.RunAsync(url, () => file is null ? session.Tool.Output : File.Create(part), progress, stop));
            if (file is not null)
            {
                File.Move(part, file, overwrite: true);
                session.Events.Tell(
                    "done",
                    $"{done.Bytes} bytes in {file}, SHA-256 {done.Sha256}",
                    ("status", done.Status),
                    ("bytes", done.Bytes),
                    ("sha256", done.Sha256),
                    ("type", done.Type),
                    ("file", Path.GetFullPath(file)));
            }

            return ExitCode.Ended;
        }
        catch (HttpRequestException fault)
        {
            throw Told(fault, url.Host) ?? new ToolException(ExitCode.NotFound, $"'{url.Host}' cannot be reached: {fault.InnerException?.Message ?? fault.Message}", fault);
        }
        finally
        {
            if (file is not null)
            {
                File.Delete(part);
            }
        }
    }

    /// <summary>What lies beneath, if it says what to do; null if not.</summary>
    private static ToolException? Told(HttpRequestException fault, string host)
    {
        for (var at = fault.InnerException; at is not null; at = at.InnerException)
        {
            if (at is ToolException told)
            {
                return told;
            }

            if (at is TorException)
            {
                return at is StreamException refused ? VisitSettings.Refused(host, refused) : new ToolException(ExitCode.Of(at), at.Message, fault);
            }
        }

        return null;
    }
}
