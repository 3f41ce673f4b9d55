using System.Collections.Immutable;
using System.Globalization;
using OnionHost.Protocol;
using OnionHost.Protocol.Certificates;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Identities;

namespace OnionHost.Dht.Descriptors;

/// <summary>The innermost layer of a descriptor as text (rend-spec-v3 2.5.2.2): service-wide lines, then the introduction points.</summary>
internal static class InnerText
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss";

    /// <summary>Formats the content; the introduction points' keys are certified by the descriptor's signing key.</summary>
    public static string Format(OnionDescriptor descriptor, IEd25519Signer signing, DateTimeOffset expiration)
    {
        var writer = new DocumentWriter().Line("create2-formats", "2");
        if (descriptor.RequiresIntroductionAuth)
        {
            writer.Line("intro-auth-required", "ed25519");
        }

        if (descriptor.IsSingleOnion)
        {
            writer.Line("single-onion-service");
        }

        if (descriptor.FlowControl is { } flow)
        {
            writer.Line("flow-control", "1-2", flow.SendmeIncrement.ToString(CultureInfo.InvariantCulture));
        }

        if (descriptor.ProofOfWork is { } work)
        {
            writer.Line(
                "pow-params",
                "v1",
                Convert.ToBase64String(work.Seed.Span),
                work.SuggestedEffort.ToString(CultureInfo.InvariantCulture),
                work.Expires.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture));
        }

        foreach (var point in descriptor.IntroductionPoints)
        {
            IntroductionPointText.Write(writer, point, signing, expiration);
        }

        return writer.ToString();
    }

    /// <summary>Reads the content. An introduction point that is malformed or badly certified is left out.</summary>
    /// <param name="text">The decrypted layer.</param>
    /// <param name="signingKey">The descriptor's signing key.</param>
    /// <param name="now">For the certificates' expiration.</param>
    /// <exception cref="ProtocolException">The service-wide part is malformed, or there are too many introduction points.</exception>
    public static OnionDescriptor Read(ReadOnlyMemory<byte> text, in Ed25519Identity signingKey, DateTimeOffset now)
    {
        var (header, points) = Split(new DocumentReader(text));
        if (!header.First("create2-formats").Arguments.Contains("2"))
        {
            throw new ProtocolException("The onion service does not take the handshake ntor.");
        }

        return new OnionDescriptor
        {
            RequiresIntroductionAuth = header.Optional("intro-auth-required") is { } auth && auth.Arguments.Contains("ed25519"),
            IsSingleOnion = header.Has("single-onion-service"),
            FlowControl = header.Optional("flow-control") is { } flow ? ReadFlowControl(flow) : null,
            ProofOfWork = ReadProofOfWork(header),
            IntroductionPoints = ReadPoints(points, signingKey, now),
        };
    }

    private static (DocumentSection Header, List<DocumentSection> Points) Split(DocumentReader reader)
    {
        var header = new List<DocumentItem>();
        var points = new List<List<DocumentItem>>();
        while (reader.Read() is { } item)
        {
            if (item.Keyword == IntroductionPointText.FirstKeyword)
            {
                points.Add([]);
            }

            (points.Count == 0 ? header : points[^1]).Add(item);
            if (points.Count > OnionDescriptor.MaxIntroductionPoints)
            {
                throw new ProtocolException($"An onion descriptor names at most {OnionDescriptor.MaxIntroductionPoints} introduction points.");
            }
        }

        const string Name = "onion descriptor's innermost layer";
        return (new DocumentSection(Name, header), points.ConvertAll(items => new DocumentSection(Name, items)));
    }

    private static ImmutableArray<IntroductionPointInfo> ReadPoints(List<DocumentSection> sections, in Ed25519Identity signingKey, DateTimeOffset now)
    {
        var points = ImmutableArray.CreateBuilder<IntroductionPointInfo>(sections.Count);
        foreach (var section in sections)
        {
            try
            {
                points.Add(IntroductionPointText.Read(section, signingKey, now));
            }
            catch (ProtocolException)
            {
                // One bad introduction point must not make the others unreachable.
            }
        }

        return points.ToImmutable();
    }

    private static FlowControlOffer? ReadFlowControl(DocumentItem line)
    {
        var increment = (byte)line.Number(1, 1, byte.MaxValue);
        return SupportsCongestionControl(line.Argument(0)) ? new FlowControlOffer(increment) : null;
    }

    /// <summary>True if a list of versions such as <c>1-2</c> contains 2.</summary>
    private static bool SupportsCongestionControl(string versions) => ProtocolVersions.Parse($"FlowCtrl={versions}").Supports("FlowCtrl", 2);

    private static ProofOfWorkOffer? ReadProofOfWork(DocumentSection header)
    {
        ProofOfWorkOffer? offer = null;
        foreach (var line in header.Many("pow-params"))
        {
            if (line.Argument(0) != "v1")
            {
                continue;
            }

            if (offer is not null)
            {
                throw line.Fault("stands twice for version 1");
            }

            offer = DateTimeOffset.TryParseExact(
                line.Argument(3), TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var expires)
                ? new ProofOfWorkOffer(Digest256.Parse(line.Argument(1)), (uint)line.Number(2, 0, uint.MaxValue), expires)
                : throw line.Fault("needs a time YYYY-MM-DDTHH:MM:SS");
        }

        return offer;
    }
}
