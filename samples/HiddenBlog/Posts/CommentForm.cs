namespace HiddenBlog.Posts;

/// <summary>A comment as it comes in.</summary>
/// <param name="Name">What the writer wants to be called.</param>
/// <param name="Body">The text.</param>
public sealed record CommentForm(string Name, string Body)
{
    public const int MaxName = 40;

    public const int MaxBody = 2000;

    private const string Nameless = "somebody";

    /// <summary>What is wrong with it, for its writer; null if nothing is.</summary>
    public string? Fault => Body.Trim().Length == 0
        ? "The comment is empty."
        : Body.Length > MaxBody ? $"The comment is longer than {MaxBody} characters."
        : Name.Length > MaxName ? $"The name is longer than {MaxName} characters."
        : null;

    public string ShownName => Name.Trim().Length == 0 ? Nameless : Name.Trim();

    public string ShownBody => Body.ReplaceLineEndings("\n").Trim();
}
