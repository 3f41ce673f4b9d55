using System.Text.Json;

namespace OnionHost.Tests.Shared;

/// <summary>The known answers and captured documents in <c>tests/vectors</c>.</summary>
internal static class Vectors
{
    private static readonly string Folder = Find();

    /// <summary>Reads a JSON file of vectors.</summary>
    public static JsonElement Load(string name) => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, name))).RootElement;

    /// <summary>Reads a document as text, byte for byte.</summary>
    public static string Text(string name) => System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(Path.Combine(Folder, name)));

    /// <summary>The bytes of a hexadecimal string value.</summary>
    public static byte[] Hex(this JsonElement element) => Convert.FromHexString(element.GetString()!);

    /// <summary>The bytes of a member that is a hexadecimal string.</summary>
    public static byte[] Hex(this JsonElement element, string member) => element.GetProperty(member).Hex();

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "tests", "vectors");
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        throw new DirectoryNotFoundException("tests/vectors was not found above the test's folder.");
    }
}
