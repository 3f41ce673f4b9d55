using System.Security.Cryptography;
using OnionHost.Network.Storage;
using OnionHost.Protocol;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Identities;

namespace OnionHost.Rendezvous.Keys;

/// <summary>
/// An onion service's directory, in C tor's names and formats (rend-spec-v3 appendix F): identity, host name and the
/// authorized clients. It is held by one process at a time.
/// </summary>
internal sealed class KeyDirectory : IDisposable
{
    private const string SecretName = "hs_ed25519_secret_key";
    private const string PublicName = "hs_ed25519_public_key";
    private const string HostName = "hostname";
    private const string LockName = "onionhost.lock";
    private const string ClientsName = "authorized_clients";

    private readonly FileStream _lock;

    private KeyDirectory(string path, Ed25519ExpandedKey identity, FileStream @lock)
    {
        Path = path;
        Identity = identity;
        _lock = @lock;
    }

    /// <summary>The whole path.</summary>
    public string Path { get; }

    /// <summary>The service's identity key.</summary>
    public Ed25519ExpandedKey Identity { get; }

    /// <summary>The address that the identity gives.</summary>
    public OnionAddress Address => new(Identity.Public);

    /// <summary>Where the authorized clients are.</summary>
    public string ClientsPath => System.IO.Path.Combine(Path, ClientsName);

    /// <summary>Opens a directory; makes it, and a new identity in it, when there is none.</summary>
    /// <param name="path">The directory.</param>
    /// <param name="importedKey">The identity to put into a new directory, 64 bytes; empty makes one. An existing one must be the same.</param>
    /// <param name="random">For a new identity.</param>
    /// <exception cref="TorException">It is in use by another process, cannot be read or written, or holds something else.</exception>
    public static KeyDirectory Open(string path, ReadOnlySpan<byte> importedKey, IRandomSource random)
    {
        path = System.IO.Path.GetFullPath(path);
        return Explained(path, importedKey, random, static (path, importedKey, random) =>
        {
            PrivateFiles.CreateFolder(path, takeFromOthers: true);
            var held = PrivateFiles.TryLock(System.IO.Path.Combine(path, LockName)) ?? throw new TorException(
                TorErrorKind.Local, $"The key directory {path} is locked: another onion service uses it. Stop that one, or use another directory.") { Cause = TorCause.DirectoryInUse };
            try
            {
                var identity = LoadOrCreate(path, importedKey, random);
                PrivateFiles.CreateFolder(System.IO.Path.Combine(path, ClientsName), takeFromOthers: true);
                return new KeyDirectory(path, identity, held);
            }
            catch
            {
                held.Dispose();
                throw;
            }
        });
    }

    /// <summary>Lets another process have it, and overwrites the key in memory.</summary>
    public void Dispose()
    {
        Identity.Dispose();
        _lock.Dispose();
    }

    private delegate T Work<out T>(string path, ReadOnlySpan<byte> key, IRandomSource random);

    // Tells failures of the file system in words that say what to do.
    private static T Explained<T>(string path, ReadOnlySpan<byte> key, IRandomSource random, Work<T> work)
    {
        try
        {
            return work(path, key, random);
        }
        catch (UnauthorizedAccessException fault)
        {
            throw new TorException(
                TorErrorKind.Local,
                $"The key directory {path} or a file in it belongs to another user, or cannot be read and written by this one: {fault.Message} Change its owner, or use another directory.",
                innerException: fault) { Cause = TorCause.KeyUnusable };
        }
        catch (IOException fault)
        {
            throw new TorException(TorErrorKind.Local, $"The key directory {path} cannot be used: {fault.Message}", innerException: fault) { Cause = TorCause.DirectoryUnusable };
        }
    }

    private static Ed25519ExpandedKey LoadOrCreate(string path, ReadOnlySpan<byte> importedKey, IRandomSource random)
    {
        var secretPath = System.IO.Path.Combine(path, SecretName);
        var publicPath = System.IO.Path.Combine(path, PublicName);
        if (!File.Exists(secretPath))
        {
            RefuseForeign(path, publicPath);
            using var fresh = importedKey.IsEmpty ? Create(random) : Ed25519ExpandedKey.FromBytes(importedKey);
            Span<byte> bytes = stackalloc byte[ServiceKeyFile.SecretSize];
            fresh.CopyTo(bytes);
            ServiceKeyFile.Write(secretPath, ServiceKeyFile.Secret, bytes);
            CryptographicOperations.ZeroMemory(bytes);
        }

        var secret = ServiceKeyFile.Read(secretPath, ServiceKeyFile.Secret, ServiceKeyFile.SecretSize);
        var identity = Ed25519ExpandedKey.FromBytes(secret);
        CryptographicOperations.ZeroMemory(secret);
        if (!importedKey.IsEmpty && Ed25519ExpandedKey.FromBytes(importedKey).Public != identity.Public)
        {
            throw new TorException(TorErrorKind.Local, $"The directory {path} holds another identity than the given key; use another directory, or give no key.") { Cause = TorCause.KeyUnusable };
        }

        WritePublicParts(path, publicPath, identity);
        return identity;
    }

    private static void WritePublicParts(string path, string publicPath, Ed25519ExpandedKey identity)
    {
        if (!File.Exists(publicPath))
        {
            ServiceKeyFile.Write(publicPath, ServiceKeyFile.Public, identity.Public.Span);
        }
        else if (!ServiceKeyFile.Read(publicPath, ServiceKeyFile.Public, Ed25519Identity.Size).AsSpan().SequenceEqual(identity.Public.Span))
        {
            throw new TorException(
                TorErrorKind.Local,
                $"{publicPath} does not belong to {SecretName} beside it; the files of two services were mixed. Restore them from a backup, or delete the public key to have it made anew.") { Cause = TorCause.KeyUnusable };
        }

        var host = System.IO.Path.Combine(path, HostName);
        var line = new OnionAddress(identity.Public) + "\n";
        if (!File.Exists(host) || File.ReadAllText(host) != line)
        {
            PrivateFiles.Write(host, System.Text.Encoding.ASCII.GetBytes(line));
        }
    }

    private static void RefuseForeign(string path, string publicPath)
    {
        if (File.Exists(publicPath))
        {
            throw new TorException(
                TorErrorKind.Local,
                $"{publicPath} is there, but {SecretName} is not: the secret key was lost or is kept elsewhere. Restore it, or use another directory for a new address.") { Cause = TorCause.KeyUnusable };
        }

        if (File.Exists(System.IO.Path.Combine(path, "private_key")))
        {
            throw new TorException(
                TorErrorKind.Local, $"{path} holds a version 2 onion service; only version 3 exists today. Use another directory.") { Cause = TorCause.KeyUnusable };
        }
    }

    private static Ed25519ExpandedKey Create(IRandomSource random)
    {
        using var pair = Ed25519KeyPair.Generate(random);
        return pair.Expand();
    }
}
