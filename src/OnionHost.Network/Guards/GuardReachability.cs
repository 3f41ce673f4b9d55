namespace OnionHost.Network.Guards;

/// <summary>What is known about a guard in this process.</summary>
internal enum GuardReachability
{
    /// <summary>Not tried, or its time to be tried again has come.</summary>
    Maybe,

    /// <summary>The last try succeeded.</summary>
    Yes,

    /// <summary>The last try failed.</summary>
    No,
}
