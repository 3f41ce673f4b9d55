namespace OnionHost.Network.Guards;

/// <summary>What a guard is wanted for: circuits keep to fewer guards than directory fetches.</summary>
internal enum GuardUse
{
    /// <summary>The first hop of a circuit.</summary>
    Circuit,

    /// <summary>The only hop of a directory fetch.</summary>
    Directory,
}
