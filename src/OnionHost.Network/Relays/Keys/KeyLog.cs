using Microsoft.Extensions.Logging;

namespace OnionHost.Network.Relays.Keys;

/// <summary>Log messages of a relay's keys (1470 to 1479).</summary>
internal static partial class KeyLog
{
    [LoggerMessage(1470, LogLevel.Warning,
        "The certificate of this relay's signing key ends on {Expiration:u}, and the master identity key is not here. Make a new signing key "
        + "where it is, and copy ed25519_signing_secret_key and ed25519_signing_cert into the relay's keys directory; it notices them while it runs")]
    public static partial void CertificateEnds(ILogger logger, DateTimeOffset expiration);

    [LoggerMessage(1471, LogLevel.Error, "{Problem}")]
    public static partial void CertificateEnded(ILogger logger, string problem);

    [LoggerMessage(1472, LogLevel.Information, "A new signing key is in use; its certificate ends on {Expiration:u}")]
    public static partial void NewSigningKey(ILogger logger, DateTimeOffset expiration);

    [LoggerMessage(1473, LogLevel.Warning, "The new signing key in the keys directory cannot be used; the present one stays in use")]
    public static partial void UnusableSigningKey(ILogger logger, Exception fault);
}
