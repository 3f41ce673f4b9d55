using Microsoft.Extensions.Logging;
using OnionHost.Network;
using OnionHost.Protocol;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Identities;
using OnionHost.Rendezvous.Cookies;
using OnionHost.Rendezvous.Services;

namespace OnionHost.Rendezvous.Keys;

/// <summary>A service's identity and where its cookies are kept: on disk, or in memory for this run.</summary>
internal sealed class ServiceKeys : IDisposable
{
    private readonly KeyDirectory? _directory;

    private ServiceKeys(Ed25519ExpandedKey identity, ICookieStore? cookies, KeyDirectory? directory)
    {
        Identity = identity;
        Cookies = cookies;
        _directory = directory;
    }

    /// <summary>The identity key.</summary>
    public Ed25519ExpandedKey Identity { get; }

    /// <summary>The address that it gives.</summary>
    public OnionAddress Address => new(Identity.Public);

    /// <summary>Where cookies survive; null if they do not.</summary>
    public ICookieStore? Cookies { get; }

    /// <summary>Opens or makes what the options ask for.</summary>
    /// <exception cref="TorException">The directory cannot be used, or the given key is no key.</exception>
    public static ServiceKeys Open(OnionServiceOptions options, NodeContext context)
    {
        if (options.SecretKey.Length is not (0 or ServiceKeyFile.SecretSize))
        {
            throw new TorException(TorErrorKind.Local, $"SecretKey takes {ServiceKeyFile.SecretSize} bytes, got {options.SecretKey.Length}.");
        }

        if (options.KeyDirectory is { } path)
        {
            var directory = KeyDirectory.Open(path, options.SecretKey.Span, context.Random);
            return new ServiceKeys(directory.Identity, new CookieFiles(directory.ClientsPath, context.Loggers.CreateLogger<CookieFiles>()), directory);
        }

        if (!options.SecretKey.IsEmpty)
        {
            return new ServiceKeys(Ed25519ExpandedKey.FromBytes(options.SecretKey.Span), null, null);
        }

        using var pair = Ed25519KeyPair.Generate(context.Random);
        return new ServiceKeys(pair.Expand(), null, null);
    }

    /// <summary>Overwrites the key, and lets others have the directory.</summary>
    public void Dispose()
    {
        Identity.Dispose();
        _directory?.Dispose();
    }
}
