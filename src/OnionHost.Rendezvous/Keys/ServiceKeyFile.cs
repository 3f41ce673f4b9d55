using System.Security.Cryptography;
using OnionHost.Network.Storage;
using OnionHost.Protocol;

namespace OnionHost.Rendezvous.Keys;

/// <summary>An onion service's key files, in C tor's form.</summary>
internal static class ServiceKeyFile
{
    /// <summary>The label of an expanded secret key.</summary>
    public const string Secret = "ed25519v1-secret: type0";

    /// <summary>The label of a public key.</summary>
    public const string Public = "ed25519v1-public: type0";

    /// <summary>Bytes of an expanded secret key.</summary>
    public const int SecretSize = 64;

    /// <summary>Writes a key file as a whole or not at all.</summary>
    public static void Write(string path, string label, ReadOnlySpan<byte> key)
    {
        var content = TaggedKeyFile.Format(label, key);
        PrivateFiles.Write(path, content);
        CryptographicOperations.ZeroMemory(content);
    }

    /// <summary>Reads the key after the label.</summary>
    /// <exception cref="TorException">The file has another length or label.</exception>
    public static byte[] Read(string path, string label, int size)
    {
        var content = PrivateFiles.Read(path, TaggedKeyFile.HeaderSize + size);
        try
        {
            return TaggedKeyFile.Parse(content, label, size).ToArray();
        }
        catch (ProtocolException fault)
        {
            throw new TorException(TorErrorKind.Local, $"{path} is no key file of an onion service: {fault.Message} Restore it from a backup.", innerException: fault) { Cause = TorCause.KeyUnusable };
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }
    }
}
