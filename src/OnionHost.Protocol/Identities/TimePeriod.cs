namespace OnionHost.Protocol.Identities;

/// <summary>A time period of onion services, in which one blinded key is valid (rend-spec-v3 2.2.1).</summary>
/// <param name="Number">How many periods have passed since the epoch, after the rotation offset.</param>
/// <param name="LengthMinutes">Length in minutes, 1440 by default (5 to 14400).</param>
public readonly record struct TimePeriod(ulong Number, uint LengthMinutes)
{
    /// <summary>The period after this one.</summary>
    public TimePeriod Next => this with { Number = Number + 1 };

    /// <summary>The period before this one.</summary>
    public TimePeriod Previous => this with { Number = Number - 1 };
}
