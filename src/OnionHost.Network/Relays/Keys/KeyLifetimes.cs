using OnionHost.Protocol.Directory.Consensuses;

namespace OnionHost.Network.Relays.Keys;

/// <summary>How long a relay uses its keys (PROTOCOL B).</summary>
internal sealed record KeyLifetimes
{
    /// <summary>Onion keys are replaced after this (consensus parameter onion-key-rotation-days).</summary>
    public TimeSpan OnionKeyRotation { get; init; } = TimeSpan.FromDays(28);

    /// <summary>The old ntor key is still answered for this (onion-key-grace-period-days).</summary>
    public TimeSpan OnionKeyGrace { get; init; } = TimeSpan.FromDays(7);

    /// <summary>What a new signing key's certificate says.</summary>
    public TimeSpan SigningKey { get; init; } = TimeSpan.FromDays(30);

    /// <summary>The signing key is replaced this long before its certificate ends.</summary>
    public TimeSpan SigningKeySlop { get; init; } = TimeSpan.FromDays(1);

    /// <summary>New links get new TLS and authentication keys after this.</summary>
    public TimeSpan LinkCredentials { get; init; } = TimeSpan.FromDays(1);

    /// <summary>The same with what a consensus says about onion keys.</summary>
    public KeyLifetimes With(NetworkParameters parameters)
    {
        var rotation = parameters.GetInt("onion-key-rotation-days", 28, 1, 90);
        return this with
        {
            OnionKeyRotation = TimeSpan.FromDays(rotation),
            OnionKeyGrace = TimeSpan.FromDays(parameters.GetInt("onion-key-grace-period-days", 7, 1, rotation)),
        };
    }
}
