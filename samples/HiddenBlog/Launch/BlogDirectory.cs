namespace HiddenBlog.Launch;

/// <summary>The directory that everything is kept in.</summary>
internal static class BlogDirectory
{
    /// <summary>Where a user's programs keep their data: <c>~/.local/share/OnionHost/HiddenBlog</c> or what the system has for it.</summary>
    public static string Default
    {
        get
        {
            var data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
            return data.Length > 0
                ? Path.Combine(data, "OnionHost", "HiddenBlog")
                : Path.Combine(AppContext.BaseDirectory, "data");
        }
    }

    /// <summary>Makes the directory, for this user only, and tries whether it can be written.</summary>
    /// <exception cref="LaunchException">It cannot; the message says why.</exception>
    public static string Prepare(string directory)
    {
        try
        {
            var full = Path.GetFullPath(directory);
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(full);
            }
            else
            {
                Directory.CreateDirectory(full, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }

            var probe = Path.Combine(full, $".probe-{Environment.ProcessId}");
            File.WriteAllBytes(probe, []);
            File.Delete(probe);
            return full;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new LaunchException($"The data directory {directory} cannot be written: {fault.Message} Name another one with --data DIR.", fault);
        }
    }
}
