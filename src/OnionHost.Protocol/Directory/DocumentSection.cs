using System.Collections.Immutable;

namespace OnionHost.Protocol.Directory;

/// <summary>
/// The items of a document or of one of its parts, by keyword, with the rule how often each may stand (dir-spec 1.2).
/// Unknown keywords are simply never asked for.
/// </summary>
public sealed class DocumentSection
{
    private readonly Dictionary<string, List<DocumentItem>> _byKeyword = new(StringComparer.Ordinal);
    private readonly string _name;

    /// <summary>Groups items.</summary>
    /// <param name="name">What error messages call the part, such as <c>vote header</c>.</param>
    /// <param name="items">The items in the order of the document.</param>
    public DocumentSection(string name, IEnumerable<DocumentItem> items)
    {
        _name = name;
        Items = [.. items];
        foreach (var item in Items)
        {
            if (!_byKeyword.TryGetValue(item.Keyword, out var list))
            {
                _byKeyword.Add(item.Keyword, list = []);
            }

            list.Add(item);
        }
    }

    /// <summary>All items in the order of the document.</summary>
    public ImmutableArray<DocumentItem> Items { get; }

    /// <summary>Reads all that is left of a document as one part.</summary>
    /// <exception cref="ProtocolException">The document is malformed.</exception>
    public static DocumentSection ReadAll(string name, DocumentReader reader) => new(name, reader.ReadToEnd());

    /// <summary>The item that must stand exactly once.</summary>
    /// <exception cref="ProtocolException">It is missing or stands more than once.</exception>
    public DocumentItem One(string keyword) =>
        Optional(keyword) ?? throw new ProtocolException($"A {_name} has no line '{keyword}'.");

    /// <summary>The item that may stand once; null if it does not.</summary>
    /// <exception cref="ProtocolException">It stands more than once.</exception>
    public DocumentItem? Optional(string keyword)
    {
        var all = Many(keyword);
        return all.Count <= 1 ? all.Count == 0 ? null : all[0] : throw new ProtocolException($"A {_name} has more than one line '{keyword}'.");
    }

    /// <summary>All items with a keyword, in the order of the document.</summary>
    public IReadOnlyList<DocumentItem> Many(string keyword) => _byKeyword.TryGetValue(keyword, out var list) ? list : [];

    /// <summary>True if an item with the keyword stands anywhere.</summary>
    public bool Has(string keyword) => _byKeyword.ContainsKey(keyword);

    /// <summary>The item that must come first, and exactly once.</summary>
    /// <exception cref="ProtocolException">It is missing, elsewhere, or stands more than once.</exception>
    public DocumentItem First(string keyword) =>
        One(keyword) is var item && ReferenceEquals(item, Items[0]) ? item : throw new ProtocolException($"A {_name} must begin with '{keyword}'.");

    /// <summary>The item that must come last, and exactly once.</summary>
    /// <exception cref="ProtocolException">It is missing, elsewhere, or stands more than once.</exception>
    public DocumentItem Last(string keyword) =>
        One(keyword) is var item && ReferenceEquals(item, Items[^1]) ? item : throw new ProtocolException($"A {_name} must end with '{keyword}'.");
}
