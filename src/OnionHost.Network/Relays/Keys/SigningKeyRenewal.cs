using Microsoft.Extensions.Logging;
using OnionHost.Protocol;

namespace OnionHost.Network.Relays.Keys;

/// <summary>
/// Where a relay's signing keys come from: it makes them itself, or, when the master's secret is kept elsewhere, somebody
/// brings them as files before the certificate of the last one ends.
/// </summary>
internal sealed class SigningKeyRenewal
{
    private static readonly TimeSpan WarnBefore = TimeSpan.FromDays(7);
    private static readonly TimeSpan WarnAgain = TimeSpan.FromDays(1);

    private readonly NodeContext _context;
    private readonly RelayIdentity _identity;
    private readonly KeyDirectory? _directory;
    private readonly RelayKeyFiles? _files;
    private readonly ILogger _logger;
    private DateTimeOffset _nextWarning;

    public SigningKeyRenewal(NodeContext context, RelayIdentity identity, KeyDirectory? directory, RelayKeyFiles? files)
    {
        _context = context;
        _identity = identity;
        _directory = directory;
        _files = files;
        _logger = context.Loggers.CreateLogger<SigningKeyRenewal>();
    }

    /// <summary>The key on disk while its certificate lasts; else a new one.</summary>
    /// <exception cref="TorException">There is none, and without the master's secret none can be made.</exception>
    public RelaySigningKey Load(KeyLifetimes lifetimes)
    {
        var known = _files?.LoadSigningKey(_identity);
        var needed = _identity.Master is null ? TimeSpan.Zero : lifetimes.SigningKeySlop;
        if (known is not null && known.Certificate.Expiration - _context.Now > needed)
        {
            return known;
        }

        known?.Dispose();
        return _identity.Master is not null ? Make(lifetimes) : throw Ended(known!.Certificate.Expiration);
    }

    /// <summary>The key that takes the place of the present one; null if that stays.</summary>
    public RelaySigningKey? Renew(RelaySigningKey present, KeyLifetimes lifetimes)
    {
        var isDue = _context.Now >= present.Certificate.Expiration - lifetimes.SigningKeySlop;
        var newer = _identity.Master is null ? FindBrought(present) : isDue ? Make(lifetimes) : null;
        if (newer is null && _identity.Master is null)
        {
            Warn(present.Certificate.Expiration);
        }

        return newer;
    }

    /// <summary>Nothing can be signed in the identity's name after the certificate has ended.</summary>
    /// <exception cref="TorException">It has; the message says what to do.</exception>
    public void ThrowIfEnded(RelaySigningKey present)
    {
        if (present.Certificate.Expiration <= _context.Now)
        {
            throw Ended(present.Certificate.Expiration);
        }
    }

    private RelaySigningKey Make(KeyLifetimes lifetimes)
    {
        var signing = RelaySigningKey.Generate(_context.Random, _identity.Master!, _context.Now + lifetimes.SigningKey);
        _files?.Save(signing);
        return signing;
    }

    private RelaySigningKey? FindBrought(RelaySigningKey present)
    {
        try
        {
            var found = _files?.LoadSigningKey(_identity);
            if (found?.Certificate.Expiration > present.Certificate.Expiration)
            {
                KeyLog.NewSigningKey(_logger, found.Certificate.Expiration);
                return found;
            }

            found?.Dispose();
        }
        catch (TorException e)
        {
            // Perhaps only one of the two files has been copied so far.
            KeyLog.UnusableSigningKey(_logger, e);
        }

        return null;
    }

    /// <summary>Once a day in the last week, and from then on.</summary>
    private void Warn(DateTimeOffset end)
    {
        var now = _context.Now;
        if (now < end - WarnBefore || now < _nextWarning)
        {
            return;
        }

        _nextWarning = now + WarnAgain;
        if (now < end)
        {
            KeyLog.CertificateEnds(_logger, end);
        }
        else
        {
            KeyLog.CertificateEnded(_logger, Ended(end).Message);
        }
    }

    private TorException Ended(DateTimeOffset end) => new(TorErrorKind.Local,
        $"The certificate of this relay's signing key ended on {end:u}, and the master identity key is not here, so nothing can be signed. Make a new "
        + $"signing key where the master key is, and copy ed25519_signing_secret_key and ed25519_signing_cert into {_directory?.Path}.",
        isTransient: false);
}
