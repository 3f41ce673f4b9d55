using System.Globalization;

namespace OnionHost.Benchmarks.AgainstTor;

/// <summary>What processes used, from <c>/proc</c>.</summary>
internal static class ProcessUsage
{
    private const double TicksPerSecond = 100;

    /// <summary>CPU seconds, user and system, of all the processes together.</summary>
    public static double CpuSeconds(IEnumerable<int> processes) => processes.Sum(CpuSeconds);

    /// <summary>Resident memory of all the processes together, in MB.</summary>
    public static double ResidentMegabytes(IEnumerable<int> processes) => processes.Sum(ResidentMegabytes);

    private static double CpuSeconds(int process)
    {
        // The name, in parentheses, may hold spaces; 'utime' and 'stime' are fields 14 and 15 of the whole line.
        var line = File.ReadAllText($"/proc/{process}/stat");
        var fields = line[(line.LastIndexOf(')') + 2)..].Split(' ');
        return (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond;
    }

    private static double ResidentMegabytes(int process)
    {
        var line = File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1000.0;
    }
}
