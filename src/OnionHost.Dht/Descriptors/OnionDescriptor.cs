using System.Collections.Immutable;

namespace OnionHost.Dht.Descriptors;

/// <summary>What a service says about itself, in the innermost layer of its descriptor (rend-spec-v3 2.5.2.2).</summary>
internal sealed record OnionDescriptor
{
    /// <summary>Introduction points that a descriptor may name at most.</summary>
    public const int MaxIntroductionPoints = 20;

    /// <summary>Where clients introduce themselves, 0 to 20.</summary>
    public ImmutableArray<IntroductionPointInfo> IntroductionPoints { get; init; } = [];

    /// <summary>True if introductions must carry a proof of an authorization cookie (<c>intro-auth-required ed25519</c>).</summary>
    public bool RequiresIntroductionAuth { get; init; }

    /// <summary>True if the service gives up its own anonymity for speed.</summary>
    public bool IsSingleOnion { get; init; }

    /// <summary>Congestion control on the onion hop; null for fixed windows.</summary>
    public FlowControlOffer? FlowControl { get; init; }

    /// <summary>Proof of work; null if the service has none.</summary>
    public ProofOfWorkOffer? ProofOfWork { get; init; }
}
