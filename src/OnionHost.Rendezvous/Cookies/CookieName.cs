using System.Buffers;
using OnionHost.Protocol;

namespace OnionHost.Rendezvous.Cookies;

/// <summary>The rule for cookies' names: they are file names on every system.</summary>
internal static class CookieName
{
    private const int MaxLength = 64;

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");

    /// <summary>True for 1 to 64 letters, digits, dashes, underscores and dots, the first no dot.</summary>
    public static bool IsValid(string? name) =>
        name is { Length: > 0 and <= MaxLength } && name[0] != '.' && name[^1] != '.' && name.AsSpan().IndexOfAnyExcept(Allowed) < 0;

    /// <summary>Refuses a malformed name.</summary>
    /// <exception cref="TorException">It is malformed.</exception>
    public static void Check(string? name)
    {
        if (!IsValid(name))
        {
            throw new TorException(
                TorErrorKind.Local,
                $"A cookie's name is 1 to {MaxLength} letters, digits, '-', '_' and '.', and neither begins nor ends with a dot.");
        }
    }
}
