namespace OnionHost.Network.Links.Traffic;

/// <summary>How much may be read.</summary>
/// <param name="Rate">Bytes a second on average.</param>
/// <param name="Burst">Bytes at once after a quiet time; at least <paramref name="Rate"/>.</param>
internal readonly record struct Bandwidth(long Rate, long Burst)
{
    /// <summary>Less than this does not carry even a relay's own upkeep, in bytes a second.</summary>
    public const long SmallestRate = 16 * 1024;

    /// <summary>What is wrong with it, said with the options' names; null if nothing is.</summary>
    public string? Fault(string rateName, string burstName) => this switch
    {
        { Rate: < SmallestRate } => $"{rateName} is {Rate} bytes a second; at least {SmallestRate} are needed.",
        { Burst: var burst, Rate: var rate } when burst < rate => $"{burstName} ({burst} bytes) must not be smaller than {rateName} ({rate} bytes a second).",
        _ => null,
    };
}
