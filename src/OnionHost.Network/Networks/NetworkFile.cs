using System.Globalization;
using System.Text.Json;
using OnionHost.Protocol;

namespace OnionHost.Network.Networks;

/// <summary>Reads descriptions of networks: lines of a torrc, or JSON.</summary>
internal static class NetworkFile
{
    private const long MaxBytes = 4 << 20;
    private const string Authority = "DirAuthority";
    private const string Fallback = "FallbackDir";
    private const string Date = "date ";

    /// <summary>Reads a file.</summary>
    /// <exception cref="TorException">The file is missing, unreadable, too large, or malformed; the message says what.</exception>
    public static NetworkDescription Read(string path) => Parse(path, ReadText(path));

    /// <summary>Reads a description; <paramref name="name"/> is what messages call it.</summary>
    /// <exception cref="TorException">It is malformed.</exception>
    public static NetworkDescription Parse(string name, string text)
    {
        var description = text.AsSpan().TrimStart().StartsWith("{") ? ParseJson(name, text) : ParseTorrc(text);
        return description.Authorities.Count > 0 ? description : throw Fault(name, "holds no DirAuthority line");
    }

    private static string ReadText(string path)
    {
        try
        {
            return new FileInfo(path) is { Exists: true, Length: <= MaxBytes }
                ? File.ReadAllText(path)
                : throw Fault(path, File.Exists(path) ? "is larger than 4 MiB" : "does not exist");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw Fault(path, "cannot be read: " + fault.Message, fault);
        }
    }

    private static NetworkDescription ParseTorrc(string text)
    {
        var lines = text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(line => !line.StartsWith('#')).ToList();
        return new NetworkDescription
        {
            Authorities = [.. lines
                .Where(line => Begins(line, Authority) || line.Contains("v3ident=", StringComparison.OrdinalIgnoreCase)).Select(DirectoryAuthority.Parse)],
            Fallbacks = [.. lines.Where(line => Begins(line, Fallback)).Select(FallbackDirectory.Parse)],
            Date = DateOnly.TryParse(lines.Find(line => Begins(line, Date))?[Date.Length..], CultureInfo.InvariantCulture, out var date) ? date : null,
        };
    }

    private static NetworkDescription ParseJson(string name, string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var root = document.RootElement;
            return new NetworkDescription
            {
                Authorities = root.TryGetProperty("dir_authorities", out var lines) && lines.ValueKind == JsonValueKind.Array
                    ? [.. lines.EnumerateArray().Select(line => DirectoryAuthority.Parse(line.GetString() ?? string.Empty))]
                    : throw Fault(name, "has no array dir_authorities"),
                VotingInterval = Seconds(root, "interval"),
                VoteDelay = Seconds(root, "vote_delay"),
                DistributionDelay = Seconds(root, "dist_delay"),
                Parameters = root.TryGetProperty("consensus_params", out var parameters) && parameters.ValueKind == JsonValueKind.Object
                    ? parameters.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetInt32(), StringComparer.Ordinal)
                    : new Dictionary<string, int>(),
            };
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or FormatException or OverflowException or ArgumentException)
        {
            throw Fault(name, "is malformed JSON: " + fault.Message, fault);
        }
    }

    private static TimeSpan? Seconds(JsonElement root, string name) =>
        root.TryGetProperty("voting", out var voting) && voting.ValueKind == JsonValueKind.Object && voting.TryGetProperty(name, out var seconds)
            ? TimeSpan.FromSeconds(seconds.GetInt32())
            : null;

    private static bool Begins(string line, string keyword) => line.StartsWith(keyword, StringComparison.OrdinalIgnoreCase);

    private static TorException Fault(string name, string what, Exception? cause = null) =>
        new(TorErrorKind.Local, $"The network file {name} {what}.", innerException: cause) { Cause = TorCause.NetworkFile };
}
