namespace OnionHost.Network.Directory.Versions;

/// <summary>What a network thinks of a version.</summary>
internal enum VersionStanding
{
    /// <summary>It recommends no versions of this software.</summary>
    NoOpinion,

    /// <summary>It is recommended.</summary>
    Recommended,

    /// <summary>It is newer than all that are recommended.</summary>
    Newer,

    /// <summary>Older and newer ones are recommended, but not it.</summary>
    NotRecommended,

    /// <summary>It is older than all that are recommended.</summary>
    TooOld,
}
