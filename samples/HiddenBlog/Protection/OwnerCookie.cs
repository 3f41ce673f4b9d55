using HiddenBlog.Launch;
using OnionHost.Rendezvous.Cookies;

namespace HiddenBlog.Protection;

/// <summary>
/// The owner's authorization cookie. A service keeps public keys only, so the secret lies in a file of its own beside them, for
/// this user only: the address that is printed at the start stays the same.
/// </summary>
internal static class OwnerCookie
{
    /// <summary>The cookie's name: whoever comes with it may write.</summary>
    public const string Name = "author";

    private const string FileName = "author.cookie";

    public static OnionCookie GetOrIssue(string directory, CookieRegistry cookies)
    {
        var file = Path.Combine(directory, FileName);
        if (File.Exists(file) && OnionCookie.TryParse(File.ReadAllText(file).Trim(), out var kept))
        {
            if (cookies.Find(kept) == Name)
            {
                return kept;
            }

            kept.Dispose();
        }

        cookies.Revoke(Name);
        var issued = cookies.Issue(Name);
        Save(file, issued.Label);
        return issued;
    }

    private static void Save(string file, string label)
    {
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using var writer = new StreamWriter(file, options);
            writer.WriteLine(label);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new LaunchException($"The owner's cookie cannot be kept in {file}: {fault.Message}", fault);
        }
    }
}
