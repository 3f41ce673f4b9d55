namespace OnionHost.Rendezvous.Services;

/// <summary>How far an onion service is.</summary>
public enum OnionServiceState
{
    /// <summary>It waits for the client's view of the network.</summary>
    Bootstrapping,

    /// <summary>It opens circuits to introduction points.</summary>
    OpeningIntroductions,

    /// <summary>The introduction points stand; the descriptors are on their way to the directories.</summary>
    Publishing,

    /// <summary>Visitors find it: every introduction point stands and the current descriptor was stored.</summary>
    Reachable,

    /// <summary>Visitors may still find it, but something is missing: introduction points, or a descriptor upload.</summary>
    Degraded,

    /// <summary>It lets no new visitor in; connections that stand go on (<see cref="OnionService.StopIntroductionsAsync"/>).</summary>
    Draining,

    /// <summary>It is gone.</summary>
    Stopped,
}
