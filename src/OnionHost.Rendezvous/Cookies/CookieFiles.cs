using Microsoft.Extensions.Logging;
using OnionHost.Network.Storage;
using OnionHost.Protocol;

namespace OnionHost.Rendezvous.Cookies;

/// <summary>Cookies in a service's <c>authorized_clients</c>: two small files each, with public keys only.</summary>
internal sealed class CookieFiles : ICookieStore
{
    private readonly string _directory;
    private readonly ILogger _logger;

    /// <summary>Uses an existing directory.</summary>
    public CookieFiles(string directory, ILogger logger)
    {
        _directory = directory;
        _logger = logger;
    }

    /// <inheritdoc/>
    public IReadOnlyList<StoredCookie> Load()
    {
        var cookies = new List<StoredCookie>();
        foreach (var path in Directory.EnumerateFiles(_directory, "*" + AuthorizedClientFile.Extension).Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileNameWithoutExtension(path);
            try
            {
                CookieName.Check(name);
                cookies.Add(Load(name, path));
            }
            catch (Exception fault) when (fault is TorException or IOException or UnauthorizedAccessException)
            {
                CookieLog.Skipped(_logger, Path.GetFileName(path), fault.Message);
            }
        }

        return cookies;
    }

    /// <inheritdoc/>
    public void Save(StoredCookie cookie)
    {
        // The .auth file comes last: without it the other does not count, so a crash in between leaves no half cookie.
        if (cookie.ProofKey is not null)
        {
            PrivateFiles.Write(PathOf(cookie.Name, CookieSidecar.Extension), CookieSidecar.Format(cookie));
        }

        PrivateFiles.Write(PathOf(cookie.Name, AuthorizedClientFile.Extension), Ascii(AuthorizedClientFile.Format(cookie.DescriptorKey)));
    }

    /// <inheritdoc/>
    public void Delete(string name)
    {
        File.Delete(PathOf(name, AuthorizedClientFile.Extension));
        File.Delete(PathOf(name, CookieSidecar.Extension));
    }

    private static byte[] Ascii(string text) => System.Text.Encoding.ASCII.GetBytes(text);

    private StoredCookie Load(string name, string path)
    {
        var content = PrivateFiles.Read(path, AuthorizedClientFile.MaxSize);
        var key = AuthorizedClientFile.Parse(System.Text.Encoding.Latin1.GetString(content));
        var sidecar = PathOf(name, CookieSidecar.Extension);
        return File.Exists(sidecar)
            ? CookieSidecar.Parse(name, key, PrivateFiles.Read(sidecar, CookieSidecar.MaxSize))
            : new StoredCookie(name, key, null, new DateTimeOffset(File.GetLastWriteTimeUtc(path), TimeSpan.Zero), null);
    }

    private string PathOf(string name, string extension) => Path.Combine(_directory, name + extension);
}
