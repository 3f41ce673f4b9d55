using OnionHost.Network.Circuits;
using OnionHost.Protocol.Identities;

namespace OnionHost.Rendezvous.Introductions;

/// <summary>Makes relays a service's introduction points.</summary>
internal interface IIntroductionCircuits
{
    /// <summary>Builds a circuit to a relay that is not excluded, and has it take introductions.</summary>
    /// <param name="keys">The introduction point's keys.</param>
    /// <param name="exclude">Relays that are introduction points of this service already.</param>
    /// <param name="onIntroduction">Takes the body of each INTRODUCE2; called on a read loop, so it must not block.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="Protocol.TorException">No relay could be had.</exception>
    Task<IStandingIntroduction> EstablishAsync(
        IntroductionKeys keys,
        IReadOnlyCollection<RelayFingerprint> exclude,
        Action<ReadOnlyMemory<byte>> onIntroduction,
        CancellationToken cancellationToken);
}

/// <summary>A circuit that introductions come on.</summary>
internal interface IStandingIntroduction : IAsyncDisposable
{
    /// <summary>The introduction point.</summary>
    HopTarget Relay { get; }

    /// <summary>Completes when it takes no more introductions.</summary>
    Task Closed { get; }
}
