namespace OnionHost.Protocol.Directory.SharedRandom;

/// <summary>The two halves of a shared random protocol run, 12 voting rounds each (srv-spec 3).</summary>
public enum SharedRandomPhase
{
    /// <summary>Authorities commit to a secret.</summary>
    Commit,

    /// <summary>Authorities show the secret that they committed to.</summary>
    Reveal,
}
