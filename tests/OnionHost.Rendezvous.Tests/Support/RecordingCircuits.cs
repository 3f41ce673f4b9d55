using OnionHost.Rendezvous.Dialing;

namespace OnionHost.Rendezvous.Tests.Support;

/// <summary>Circuits of a visitor that keep its last introduction, so that it can be repeated.</summary>
internal sealed class RecordingCircuits(FakeNetwork network) : IVisitorCircuits, IIntroducing
{
    private IIntroducing? _inner;

    public IntroductionTarget? Point { get; private set; }

    public byte[] Body { get; private set; } = [];

    public Task<IWaitingRendezvous> WaitAtRendezvousAsync(ReadOnlyMemory<byte> cookie, CancellationToken cancellationToken) =>
        network.WaitAtRendezvousAsync(cookie, cancellationToken);

    public async Task<IIntroducing> ReachIntroductionPointAsync(IntroductionTarget point, CancellationToken cancellationToken)
    {
        Point = point;
        _inner = await network.ReachIntroductionPointAsync(point, cancellationToken);
        return this;
    }

    public Task<ushort> IntroduceAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        Body = body.ToArray();
        return _inner!.IntroduceAsync(body, cancellationToken);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
