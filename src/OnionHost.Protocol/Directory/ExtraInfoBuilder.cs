using System.Security.Cryptography;
using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Identities;

namespace OnionHost.Protocol.Directory;

/// <summary>
/// Writes and signs extra-info documents (dir-spec 2.1.2). They say no more than what every such document must: statistics about
/// a relay's users are not collected, so that nobody can ask for them.
/// </summary>
public static class ExtraInfoBuilder
{
    /// <summary>The signed text.</summary>
    /// <param name="nickname">The relay's nickname.</param>
    /// <param name="published">When the descriptor that names it is published: they must agree.</param>
    /// <param name="keys">The keys of that descriptor.</param>
    public static string Build(Nickname nickname, DateTimeOffset published, ServerDescriptorKeys keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        var writer = new DocumentWriter()
            .Line(ExtraInfo.FirstKeyword, nickname.ToString(), keys.Identity.Public.Fingerprint.ToString())
            .Line("identity-ed25519").Object("ED25519 CERT", keys.SigningCertificate.Bytes.Span)
            .Line("published", DocumentTime.Format(published));
        ServerDescriptorSignatures.Sign(writer, keys);
        return writer.ToString();
    }
}
