namespace OnionHost.Benchmarks.AgainstTor;

/// <summary>One figure of one network.</summary>
internal sealed record Figure(string Name, string Unit, double Value, bool IsBetterHigh);
