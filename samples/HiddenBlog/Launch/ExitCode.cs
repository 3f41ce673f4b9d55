namespace HiddenBlog.Launch;

/// <summary>What the process ends with.</summary>
internal static class ExitCode
{
    public const int Ended = 0;

    public const int Failed = 1;

    public const int WrongOptions = 2;
}
