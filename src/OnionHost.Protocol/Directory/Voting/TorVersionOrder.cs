using System.Globalization;

namespace OnionHost.Protocol.Directory.Voting;

/// <summary>
/// The order of software versions (version-spec): by number, then by tag. What is no version comes after all that are,
/// in ordinal order.
/// </summary>
public sealed class TorVersionOrder : IComparer<string>
{
    private TorVersionOrder()
    {
    }

    /// <summary>The only instance.</summary>
    public static TorVersionOrder Instance { get; } = new();

    /// <inheritdoc/>
    public int Compare(string? x, string? y)
    {
        var (left, right) = (TryRead(x), TryRead(y));
        if (left is null || right is null)
        {
            return left is null && right is null ? string.CompareOrdinal(x, y) : left is null ? 1 : -1;
        }

        var order = left.Value.Number.CompareTo(right.Value.Number);
        return order != 0 ? order : string.CompareOrdinal(left.Value.Tag, right.Value.Tag);
    }

    private static ((int Major, int Minor, int Micro, int Status, int Patch) Number, string Tag)? TryRead(string? text)
    {
        var rest = (text ?? "").AsSpan();
        rest = rest.StartsWith("Tor ", StringComparison.OrdinalIgnoreCase) ? rest[4..] : rest;
        if (!TryNumber(ref rest, out var major) || !TrySkip(ref rest, ".") || !TryNumber(ref rest, out var minor)
            || !TrySkip(ref rest, ".") || !TryNumber(ref rest, out var micro))
        {
            return null;
        }

        var patch = 0;
        var status = 2;
        if (!rest.IsEmpty && rest[0] is not ('-' or ' '))
        {
            status = TrySkip(ref rest, ".") ? 2 : TrySkip(ref rest, "rc") ? 1 : TrySkip(ref rest, "pre") ? 0 : -1;
            if (status < 0 || !TryNumber(ref rest, out patch))
            {
                return null;
            }
        }

        rest = rest.StartsWith("-") ? rest[1..] : rest;
        var end = rest.IndexOf(' ');
        return ((major, minor, micro, status, patch), (end < 0 ? rest : rest[..end]).ToString());
    }

    private static bool TrySkip(ref ReadOnlySpan<char> rest, string what)
    {
        var found = rest.StartsWith(what, StringComparison.Ordinal);
        rest = found ? rest[what.Length..] : rest;
        return found;
    }

    private static bool TryNumber(ref ReadOnlySpan<char> rest, out int value)
    {
        var length = rest.IndexOfAnyExceptInRange('0', '9');
        length = length < 0 ? rest.Length : length;
        var valid = int.TryParse(rest[..length], NumberStyles.None, CultureInfo.InvariantCulture, out value);
        rest = rest[length..];
        return valid;
    }
}
