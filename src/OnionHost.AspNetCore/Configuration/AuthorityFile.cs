using System.Text.Json;
using OnionHost.Network;
using OnionHost.Protocol;

namespace OnionHost.AspNetCore.Configuration;

/// <summary>Reads the directory authorities of a network from a file: torrc lines, or JSON with such lines in <c>dir_authorities</c>.</summary>
internal static class AuthorityFile
{
    private const long MaxBytes = 1 << 20;

    /// <summary>The authorities, at least one.</summary>
    /// <exception cref="TorException">The file is missing, unreadable, too large, or a line of it is malformed; the message says what.</exception>
    public static IReadOnlyList<DirectoryAuthority> Read(string path)
    {
        var text = ReadText(path);
        var authorities = Lines(path, text).Select(DirectoryAuthority.Parse).ToList();
        return authorities.Count > 0 ? authorities : throw Fault(path, "holds no DirAuthority line");
    }

    private static string ReadText(string path)
    {
        try
        {
            return new FileInfo(path) is { Exists: true, Length: <= MaxBytes }
                ? File.ReadAllText(path)
                : throw Fault(path, File.Exists(path) ? "is larger than 1 MiB" : "does not exist");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw Fault(path, "cannot be read: " + fault.Message, fault);
        }
    }

    private static IEnumerable<string> Lines(string path, string text) =>
        text.AsSpan().TrimStart().StartsWith("{") ? JsonLines(path, text) : TorrcLines(text);

    private static IEnumerable<string> TorrcLines(string text) => text
        .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        .Where(line => line.StartsWith("DirAuthority", StringComparison.OrdinalIgnoreCase)
            || line.Contains("v3ident=", StringComparison.OrdinalIgnoreCase))
        .Where(line => !line.StartsWith('#'));

    private static List<string> JsonLines(string path, string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.TryGetProperty("dir_authorities", out var lines) && lines.ValueKind == JsonValueKind.Array
                ? [.. lines.EnumerateArray().Select(line => line.GetString() ?? "")]
                : throw Fault(path, "has no array dir_authorities");
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            throw Fault(path, "is malformed JSON: " + fault.Message, fault);
        }
    }

    private static TorException Fault(string path, string what, Exception? cause = null) =>
        new(TorErrorKind.Local, $"The authority file {path} {what}.", innerException: cause);
}
