using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using OnionHost.Dht.Descriptors;
using OnionHost.Network;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Identities;
using OnionHost.Protocol.Messages;
using OnionHost.Tests.Shared;

namespace OnionHost.Dht.Tests.Descriptors;

/// <summary>A service with made-up keys, and its descriptors.</summary>
internal sealed class Samples
{
    public static readonly TimePeriod Period = new(20000, 1440);

    public ManualTimeProvider Clock { get; } = new();

    public NodeContext Context => new(Clock, SystemRandomSource.Instance, NullLoggerFactory.Instance);

    public Ed25519ExpandedKey Identity { get; } = Ed25519KeyPair.Generate(SystemRandomSource.Instance).Expand();

    public OnionAddress Address => new(Identity.Public);

    public static OnionDescriptor Content(int points = 3) => new()
    {
        IntroductionPoints = [.. Enumerable.Range(0, points).Select(Point)],
        RequiresIntroductionAuth = true,
        FlowControl = new FlowControlOffer(31),
        ProofOfWork = new ProofOfWorkOffer(new Digest256(SystemRandomSource.Instance.Bytes(32)), 7, new DateTimeOffset(2026, 11, 22, 13, 0, 0, TimeSpan.Zero)),
    };

    public DescriptorKeys Keys(TimePeriod? period = null) => DescriptorKeys.Create(Identity, period ?? Period, SystemRandomSource.Instance);

    public byte[] Encode(OnionDescriptor content, DescriptorKeys keys, ulong revision = 1, params Curve25519PublicKey[] clients) =>
        System.Text.Encoding.ASCII.GetBytes(DescriptorEncoder.Encode(content, keys, revision, clients, Context));

    /// <summary>The same text, with the signature that another key makes of it.</summary>
    public byte[] SignedByStranger(byte[] text)
    {
        using var stranger = Ed25519KeyPair.Generate(SystemRandomSource.Instance);
        var signed = System.Text.Encoding.ASCII.GetString(text)[..text.AsSpan().LastIndexOf("signature "u8)];
        var signature = stranger.Sign(System.Text.Encoding.ASCII.GetBytes(OuterDescriptor.SignaturePrefix + signed));
        return System.Text.Encoding.ASCII.GetBytes($"{signed}signature {Protocol.Encoding.Text.EncodeBase64(signature)}\n");
    }

    public FetchedDescriptor Decode(byte[] text, X25519KeyPair? client = null) =>
        DescriptorDecoder.Decode(text, Address, Period, client, Clock.GetUtcNow());

    private static IntroductionPointInfo Point(int number) => new(
        [
            LinkSpecifier.FromEndPoint(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 9000 + number)),
            LinkSpecifier.FromFingerprint(new RelayFingerprint(SystemRandomSource.Instance.Bytes(20))),
            LinkSpecifier.FromEd25519(new Ed25519Identity(SystemRandomSource.Instance.Bytes(32))),
        ],
        X25519KeyPair.Generate(SystemRandomSource.Instance).Public,
        Ed25519KeyPair.Generate(SystemRandomSource.Instance).Public,
        X25519KeyPair.Generate(SystemRandomSource.Instance).Public);
}
