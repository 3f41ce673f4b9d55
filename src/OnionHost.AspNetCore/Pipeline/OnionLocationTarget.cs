namespace OnionHost.AspNetCore.Pipeline;

/// <summary>Which service <c>Onion-Location</c> points to; null for the first by name.</summary>
internal sealed record OnionLocationTarget(string? Service);
