namespace OnionHost.Network.Links.Floods;

/// <summary>What happens when a circuit opens too many streams; the values are those of DoSStreamCreationDefenseType.</summary>
internal enum StreamDefence
{
    /// <summary>They are counted only.</summary>
    None = 1,

    /// <summary>The stream is refused.</summary>
    RefuseStream = 2,

    /// <summary>The circuit is closed.</summary>
    CloseCircuit = 3,
}
