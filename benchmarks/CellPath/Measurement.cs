namespace OnionHost.Benchmarks.CellPath;

/// <summary>What one transfer took, over all nodes of the process.</summary>
internal sealed record Measurement(string Flow, double Megabytes, TimeSpan Elapsed, TimeSpan Cpu, long Allocated)
{
    public override string ToString() =>
        $"{Flow,-12}{Megabytes / Elapsed.TotalSeconds,8:F1} MB/s  {Cpu.TotalSeconds / Megabytes * 1000,6:F2} CPU-s/GB  "
        + $"{Cpu.TotalSeconds / Elapsed.TotalSeconds,5:F2} cores  {Allocated / Megabytes / 2008,8:F2} bytes allocated/cell";
}
