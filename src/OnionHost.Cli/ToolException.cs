namespace OnionHost.Cli;

/// <summary>A failure of the tool itself, with its exit code. The message says what to do.</summary>
internal sealed class ToolException(int code, string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>What the process ends with.</summary>
    public int Code => code;
}
