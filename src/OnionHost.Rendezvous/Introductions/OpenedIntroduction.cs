using System.Security.Cryptography;
using OnionHost.Protocol;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Handshakes;
using OnionHost.Protocol.Identities;
using OnionHost.Protocol.Messages;

namespace OnionHost.Rendezvous.Introductions;

/// <summary>An INTRODUCE2 that was really made for this service (rend-spec-v3 3.3).</summary>
/// <param name="ClientKey">The client's x25519 key (X).</param>
/// <param name="Content">What the client tells.</param>
internal sealed record OpenedIntroduction(Curve25519PublicKey ClientKey, IntroducePlaintext Content)
{
    /// <summary>Checks and decrypts the body of INTRODUCE2.</summary>
    /// <param name="body">The body.</param>
    /// <param name="authKey">The introduction point's key.</param>
    /// <param name="encryption">The introduction point's encryption key pair.</param>
    /// <param name="subcredentials">Of the time periods that descriptors are out for; each is tried.</param>
    /// <exception cref="ProtocolException">It is malformed, for another introduction point, or its MAC wrong.</exception>
    public static OpenedIntroduction Open(
        ReadOnlySpan<byte> body, in Ed25519Identity authKey, X25519KeyPair encryption, IReadOnlyList<byte[]> subcredentials)
    {
        var reader = new SpanReader(body);
        var message = Introduce1Message.Read(ref reader);
        if (message.AuthKey != authKey)
        {
            throw new ProtocolException("INTRODUCE2 is for another introduction point.");
        }

        foreach (var subcredential in subcredentials)
        {
            using var secrets = HsNtorService.KeysFor(encryption, authKey, subcredential, message.ClientKey);
            if (HasMac(secrets, body[..^Introduce1Message.MacSize], message.Mac.Span))
            {
                return new OpenedIntroduction(message.ClientKey, Decrypt(secrets, message.Encrypted.ToArray()));
            }
        }

        throw new ProtocolException("INTRODUCE2 has a wrong MAC: it was made with another descriptor.");
    }

    /// <summary>True if the client wants congestion control.</summary>
    public bool WantsCongestionControl => Content.Extensions.Any(extension => extension.Type == IntroduceExtensions.CongestionControl);

    /// <summary>What a proof of a cookie in this introduction must have signed.</summary>
    public IntroductionBinding BindingFor(in Ed25519Identity service, in Ed25519Identity authKey) =>
        new(service, authKey, ClientKey, Content.Cookie);

    private static bool HasMac(IntroduceKeys secrets, ReadOnlySpan<byte> covered, ReadOnlySpan<byte> expected)
    {
        Span<byte> mac = stackalloc byte[Introduce1Message.MacSize];
        secrets.Mac(covered, mac);
        return CryptographicOperations.FixedTimeEquals(mac, expected);
    }

    private static IntroducePlaintext Decrypt(IntroduceKeys secrets, byte[] encrypted)
    {
        secrets.Crypt(encrypted);
        var reader = new SpanReader(encrypted);
        return IntroducePlaintext.Read(ref reader);
    }
}
