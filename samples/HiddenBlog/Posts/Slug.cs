using System.Text;

namespace HiddenBlog.Posts;

/// <summary>Makes a title into a part of an address.</summary>
internal static class Slug
{
    private const int MaxLength = 60;

    /// <summary>Lower-case letters and digits with single dashes between; <c>post</c> when nothing is left.</summary>
    public static string Of(string title)
    {
        var slug = new StringBuilder();
        foreach (var c in title.Normalize(NormalizationForm.FormD).ToLowerInvariant())
        {
            if (char.IsAsciiLetterOrDigit(c))
            {
                slug.Append(c);
            }
            else if (slug.Length > 0 && slug[^1] != '-' && !char.IsLetterOrDigit(c) && char.GetUnicodeCategory(c) != System.Globalization.UnicodeCategory.NonSpacingMark)
            {
                slug.Append('-');
            }

            if (slug.Length >= MaxLength)
            {
                break;
            }
        }

        var text = slug.ToString().Trim('-');
        return text.Length > 0 ? text : "post";
    }
}
