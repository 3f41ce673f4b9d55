namespace HiddenBlog.Launch;

/// <summary>The blog cannot start; the message is for the person who started it.</summary>
internal sealed class LaunchException(string message, Exception? cause = null) : Exception(message, cause);
