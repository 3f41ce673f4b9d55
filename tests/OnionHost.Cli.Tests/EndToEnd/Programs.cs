namespace OnionHost.Cli.Tests.EndToEnd;

/// <summary>What is installed besides .NET.</summary>
internal static class Programs
{
    private static readonly string[] OfTheSystem = ["/usr/sbin", "/usr/local/sbin"];

    /// <summary>Where a program is; null if it is not installed.</summary>
    public static string? Find(string program) => (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator).Concat(OfTheSystem)
        .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    /// <summary>Skips the test unless all of them are installed.</summary>
    public static void Need(params string[] programs)
    {
        var missing = programs.Where(program => Find(program) is null).ToList();
        Skip.If(missing.Count > 0, $"{string.Join(" and ", missing)} is not installed. On Debian or Ubuntu: sudo apt-get install {string.Join(' ', missing)}.");
    }
}
