namespace OnionHost.Rendezvous.Dialing;

/// <summary>How new a service's descriptor has to be.</summary>
internal enum Freshness
{
    /// <summary>One at hand will do.</summary>
    Known,

    /// <summary>Directories that were not asked of late are asked for a newer one.</summary>
    Newer,

    /// <summary>A few directories are asked for a newer one, whenever they were asked before: it may have come just now.</summary>
    NewerAtOnce,
}
