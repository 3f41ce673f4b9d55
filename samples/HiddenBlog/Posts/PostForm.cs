namespace HiddenBlog.Posts;

/// <summary>A post as the owner writes it.</summary>
/// <param name="Title">Its title.</param>
/// <param name="Body">Its text.</param>
/// <param name="MembersOnly">Whether only visitors with a cookie may read it.</param>
public sealed record PostForm(string Title, string Body, bool MembersOnly)
{
    public const int MaxTitle = 120;

    public const int MaxBody = 50_000;

    /// <summary>What is wrong with it; null if nothing is.</summary>
    public string? Fault => Title.Trim().Length == 0
        ? "The post has no title."
        : Title.Length > MaxTitle ? $"The title is longer than {MaxTitle} characters."
        : Body.Trim().Length == 0 ? "The post is empty."
        : Body.Length > MaxBody ? $"The post is longer than {MaxBody} characters."
        : null;
}
