using OnionHost.Dht.Periods;
using OnionHost.Protocol;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Identities;

namespace OnionHost.Dht.Descriptors;

/// <summary>Verifies and decrypts a fetched descriptor, layer by layer (rend-spec-v3 2.4, 2.5).</summary>
internal static class DescriptorDecoder
{
    /// <summary>Reads all layers.</summary>
    /// <param name="text">What a directory sent.</param>
    /// <param name="address">Whose descriptor it must be.</param>
    /// <param name="period">For which period it must be.</param>
    /// <param name="clientKey">The client's authorization key; null without authorization.</param>
    /// <param name="now">For the certificates' expiration.</param>
    /// <exception cref="OnionException">It is malformed or badly signed (DescriptorInvalid), or only for authorized clients (MissingAuthorization, WrongAuthorization).</exception>
    public static FetchedDescriptor Decode(
        ReadOnlyMemory<byte> text, in OnionAddress address, TimePeriod period, X25519KeyPair? clientKey, DateTimeOffset now)
    {
        try
        {
            return Read(text, address, period, clientKey, now);
        }
        catch (ProtocolException e)
        {
            throw new OnionException(OnionFailure.DescriptorInvalid, "The onion service's descriptor is malformed: " + e.Message, e);
        }
    }

    /// <summary>Reads and verifies the outer layer only.</summary>
    /// <exception cref="ProtocolException">It is malformed, expired or badly signed.</exception>
    public static OuterDescriptor ReadOuter(ReadOnlyMemory<byte> text, DateTimeOffset now) => OuterDescriptor.Read(text, now);

    private static FetchedDescriptor Read(
        ReadOnlyMemory<byte> text, in OnionAddress address, TimePeriod period, X25519KeyPair? clientKey, DateTimeOffset now)
    {
        var key = KeyBlinding.BlindPublic(address.Identity, period);
        var subcredential = ServiceCredential.Subcredential(address.Identity, key);
        var outer = OuterDescriptor.Read(text, now);
        if (outer.Key != key)
        {
            throw new ProtocolException("It belongs to another onion service or period.");
        }

        var middle = DescriptorLayer.Open(outer.Encrypted.Span, new LayerSecret(key.Span, subcredential, outer.Revision), DescriptorLayer.Outer)
            ?? throw new ProtocolException("Its outer layer cannot be decrypted.");
        var inner = OpenMiddle(middle.AsMemory()[..(middle.AsSpan().LastIndexOfAnyExcept((byte)0) + 1)], outer, subcredential, clientKey);
        var content = InnerText.Read(inner, outer.SigningKey, now);
        return new FetchedDescriptor(content, period, key, subcredential, outer.Revision, outer.Lifetime);
    }

    private static byte[] OpenMiddle(
        ReadOnlyMemory<byte> middle, OuterDescriptor outer, ReadOnlySpan<byte> subcredential, X25519KeyPair? clientKey)
    {
        var section = DocumentSection.ReadAll("onion descriptor's middle layer", new DocumentReader(middle));
        if (section.First("desc-auth-type").Argument(0) != "x25519")
        {
            throw new ProtocolException("It wants an unknown kind of client authorization.");
        }

        var ephemeral = Curve25519PublicKey.Parse(section.One("desc-auth-ephemeral-key").Argument(0));
        var lines = section.Many("auth-client");
        var encrypted = section.Last("encrypted").ObjectBytes("MESSAGE").Span;

        // Whether a descriptor is public shows only here: everybody can decrypt it, or only who finds a cookie.
        var inner = DescriptorLayer.Open(encrypted, new LayerSecret(outer.Key.Span, subcredential, outer.Revision), DescriptorLayer.Inner);
        if (inner is null && clientKey is null)
        {
            throw new OnionException(
                OnionFailure.MissingAuthorization, "The onion service admits only clients with an authorization cookie; none was given for it.");
        }

        if (inner is null && ClientAuthorization.Find(lines, clientKey!, ephemeral, subcredential) is { } cookie)
        {
            inner = DescriptorLayer.Open(encrypted, new LayerSecret(outer.Key.Span, subcredential, outer.Revision, cookie), DescriptorLayer.Inner);
        }

        return inner ?? throw new OnionException(
            OnionFailure.WrongAuthorization, "The onion service does not know the authorization cookie, or has revoked it.");
    }
}
