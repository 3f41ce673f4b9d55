namespace OnionHost.InteropTests;

/// <summary>A fetch that failed.</summary>
/// <param name="From">When it began.</param>
/// <param name="Until">When it failed.</param>
/// <param name="Fault">Why.</param>
internal sealed record LoadFault(DateTimeOffset From, DateTimeOffset Until, string Fault);
