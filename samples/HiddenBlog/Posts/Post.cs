namespace HiddenBlog.Posts;

/// <summary>A post.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Slug">Its part of the address.</param>
/// <param name="Title">Its title.</param>
/// <param name="Body">Its text, as it was written.</param>
/// <param name="Published">The day it appeared; days are all that readers are told.</param>
/// <param name="MembersOnly">Whether only visitors with a cookie may read it.</param>
/// <param name="Comments">How many comments it has.</param>
public sealed record Post(long Id, string Slug, string Title, string Body, DateOnly Published, bool MembersOnly, int Comments);
