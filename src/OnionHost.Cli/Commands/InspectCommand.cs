using OnionHost.Cli.Inspection;
using OnionHost.Cli.Networks;
using OnionHost.Cli.Output;
using OnionHost.Cli.Settings;
using OnionHost.Protocol;
using OnionHost.Protocol.Directory;
using OnionHost.Rendezvous.Dialing;

namespace OnionHost.Cli.Commands;

/// <summary><c>onionhost inspect FILE</c>: parses, verifies and explains a document.</summary>
internal sealed class InspectCommand : ToolCommand
{
    private const long MaxBytes = 64 << 20;

    private static readonly ToolOption Certificates = new("--certificates", "FILE", "The authorities' certificates, to verify a consensus") { Takes = "a file with authorities' certificates" };

    private static readonly ToolOption Onion = new("--onion", "HOST", "The address, perhaps with a cookie, to open an onion service's descriptor")
    {
        Takes = "ADDRESS.onion or COOKIE.ADDRESS.onion",
    };

    /// <inheritdoc/>
    public override string Name => "inspect";

    /// <inheritdoc/>
    public override string Summary => "Parses, verifies and explains a certificate, descriptor, vote, consensus, microdescriptor or onion descriptor";

    /// <inheritdoc/>
    public override string Example => "onionhost inspect cached-microdesc-consensus --network network.json --certificates cached-certs";

    /// <inheritdoc/>
    public override IReadOnlyList<ToolOption> Options => [Settings.Options.Network, Certificates, Onion];

    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, string Description)> Arguments => [("FILE", "The document, or several of one kind; - reads standard input")];

    /// <inheritdoc/>
    public override Run Bind(ToolSettings settings, ToolContext context)
    {
        var network = settings.Text(Settings.Options.Network) is null ? null : NetworkChoice.Read(settings);
        var certificates = settings.Text(Certificates);
        var onion = settings.Text(Onion);
        if (onion is not null && !OnionHostName.IsOnion(onion))
        {
            settings.Fault(Onion, $"'{onion}' is not right. It takes {Onion.Takes}.");
        }

        var file = settings.Arguments[0];
        return (session, _) => Task.Run(() =>
        {
            var known = certificates is null ? [] : ReadCertificates(certificates);
            var inspection = new InspectionContext(context.Time.GetUtcNow(), network?.Description, known, onion);
            var reports = DocumentInspector.Inspect(Read(file, context), inspection).ToList();
            reports.ForEach(report => Tell(report, session.Events));
            return reports.All(report => report.IsGood) ? ExitCode.Ended : ExitCode.Invalid;
        });
    }

    private static IReadOnlyList<AuthorityCertificate> ReadCertificates(string path)
    {
        try
        {
            return [.. DocumentReader.Split(Read(path, null), AuthorityCertificate.FirstKeyword).Select(part => AuthorityCertificate.Parse(part.Span))];
        }
        catch (ProtocolException fault)
        {
            throw new ToolException(ExitCode.Invalid, $"--certificates: {path} is malformed: {fault.Message}", fault);
        }
    }

    private static byte[] Read(string path, ToolContext? context)
    {
        try
        {
            if (path == "-" && context is not null)
            {
                using var all = new MemoryStream();
                context.Input.CopyTo(all);
                return all.ToArray();
            }

            return new FileInfo(path) is { Exists: true, Length: <= MaxBytes }
                ? File.ReadAllBytes(path)
                : throw new ToolException(ExitCode.NotFound, File.Exists(path) ? $"{path} is larger than 64 MiB." : $"There is no file {path}.");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new ToolException(ExitCode.NotFound, $"{path} cannot be read: {fault.Message}", fault);
        }
    }

    private static void Tell(DocumentReport report, IEvents events)
    {
        var facts = report.Facts.Where(fact => fact.Value is not (null or "" or string[] { Length: 0 })).ToList();
        var lines = facts.Select(fact => $"  {fact.Name,-24} {(fact.Value is string[] many ? string.Join("\n" + new string(' ', 27), many) : fact.Value)}")
            .Concat(report.Checks.Select(check => $"  {(check.IsGood switch { true => "ok ", false => "BAD", null => "?  " })} {check.What}"));
        events.Tell(
            "document",
            $"{report.Kind}\n{string.Join('\n', lines)}",
            [
                ("kind", report.Kind),
                .. facts,
                ("checks", report.Checks.Select(check => new { what = check.What, good = check.IsGood }).ToArray()),
            ]);
    }
}
