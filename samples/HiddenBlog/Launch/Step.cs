namespace HiddenBlog.Launch;

/// <summary>A step of the start.</summary>
/// <param name="Text">What was done or is being done.</param>
/// <param name="Percent">How far the start is, 0 to 100.</param>
internal readonly record struct Step(string Text, int Percent);
