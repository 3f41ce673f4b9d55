using System.Globalization;

namespace HiddenBlog.Pages;

/// <summary>Words that several pages share.</summary>
internal static class Site
{
    public const string Name = "Nowhere in Particular";

    public const string Motto = "Notes from an address without a place";

    public static string Day(DateOnly day) => day.ToString("d MMMM yyyy", CultureInfo.InvariantCulture);

    public static string Iso(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    public static string Count(int count, string one, string many) =>
        count == 1 ? $"1 {one}" : string.Create(CultureInfo.InvariantCulture, $"{count} {many}");
}
