namespace OnionHost.Network.Relays.Publication;

/// <summary>What became of a descriptor at one authority.</summary>
internal enum PostResult
{
    /// <summary>It did not arrive: it is posted again.</summary>
    NotYet,

    /// <summary>The authority has it.</summary>
    Taken,

    /// <summary>The authority does not want it, whenever it is posted.</summary>
    Refused,
}
