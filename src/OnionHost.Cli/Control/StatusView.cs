using System.Text.Json.Nodes;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace OnionHost.Cli.Control;

/// <summary>The picture of a process's status.</summary>
internal static class StatusView
{
    private const int MostRows = 20;
    private const int WidestKey = 40;

    private static readonly string[] Heads = ["nickname", "fingerprint", "flags", "socks", "streams", "consensus", "noConsensus"];
    private static readonly string[] OfNetwork = ["phase", "percent", "relays", "validAfter", "validUntil", "problem", "version", "recommendedVersions", "versionWarning"];

    /// <summary>Draws it.</summary>
    public static IRenderable Render(JsonObject status)
    {
        var facts = new Grid().AddColumn().AddColumn();
        Add(facts, "role", $"{status["role"]} (process {status["pid"]})");
        foreach (var head in Heads)
        {
            Add(facts, head, Text(status[head]));
        }

        foreach (var fact in OfNetwork)
        {
            Add(facts, fact, Text(status["network"]?[fact]));
        }

        var rows = new List<IRenderable> { facts };
        foreach (var (name, value) in status)
        {
            if (value is JsonArray { Count: > 0 } list)
            {
                rows.AddRange(IsWide(list) ? Blocks(name, list) : [Table(name, list)]);
            }
        }

        return new Rows(rows);
    }

    private static void Add(Grid grid, string name, string value)
    {
        if (value.Length > 0)
        {
            grid.AddRow(new Text(Words(name), new Style(decoration: Decoration.Dim)), new Text(value));
        }
    }

    /// <summary>True for things with names as long as an onion address, which a column would break.</summary>
    private static bool IsWide(JsonArray list) => list.OfType<JsonObject>().Any(row => row.Count > 0 && Text(row.First().Value).Length > WidestKey);

    private static IEnumerable<IRenderable> Blocks(string name, JsonArray list)
    {
        yield return new Text($"{name} ({list.Count})", new Style(decoration: Decoration.Italic));
        foreach (var row in list.OfType<JsonObject>().Take(MostRows))
        {
            var facts = new Grid().AddColumn().AddColumn();
            foreach (var (key, value) in row)
            {
                Add(facts, key, Text(value));
            }

            yield return facts;
        }
    }

    // introductionPoints: introduction points.
    private static string Words(string name) => string.Concat(name.Select(c => char.IsAsciiLetterUpper(c) ? $" {char.ToLowerInvariant(c)}" : c.ToString()));

    private static Table Table(string name, JsonArray list)
    {
        var columns = list.OfType<JsonObject>().First().Select(fact => fact.Key).ToList();
        var table = new Table { Border = TableBorder.Rounded, Title = new TableTitle($"{name} ({list.Count})") };
        columns.ForEach(column => table.AddColumn(new TableColumn(new Text(Words(column)))));
        foreach (var row in list.OfType<JsonObject>().Take(MostRows))
        {
            table.AddRow(columns.Select(column => new Text(Text(row[column]))));
        }

        return list.Count > MostRows ? table.Caption($"and {list.Count - MostRows} more") : table;
    }

    // Names and problems come from others: nothing of them may move the cursor or be taken for markup.
    private static string Text(JsonNode? value) => value is null ? string.Empty : new string([.. value.ToString().Where(c => !char.IsControl(c))]);
}
