namespace HiddenBlog.Posts;

/// <summary>A comment under a post.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Name">What its writer wants to be called.</param>
/// <param name="Body">Its text.</param>
/// <param name="Written">The day it was written.</param>
/// <param name="ByOwner">Whether the blog's owner wrote it.</param>
public sealed record Comment(long Id, string Name, string Body, DateOnly Written, bool ByOwner);
