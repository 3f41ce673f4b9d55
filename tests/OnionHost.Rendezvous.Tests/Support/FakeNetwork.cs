using System.Collections.Concurrent;
using OnionHost.Dht.Descriptors;
using OnionHost.Dht.Periods;
using OnionHost.Network.Circuits;
using OnionHost.Network.Congestion;
using OnionHost.Network.Paths;
using OnionHost.Network.Streams;
using OnionHost.Protocol;
using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Identities;
using OnionHost.Protocol.Messages;
using OnionHost.Protocol.RelayCrypto;
using OnionHost.Rendezvous.Dialing;
using OnionHost.Rendezvous.Introductions;
using OnionHost.Rendezvous.Publishing;
using OnionHost.Rendezvous.Services;
using OnionHost.Rendezvous.Visitors;

namespace OnionHost.Rendezvous.Tests.Support;

/// <summary>
/// The network between services and visitors, without links: real descriptors, introductions and handshakes, carried by
/// method calls. Tests break parts of it.
/// </summary>
internal sealed class FakeNetwork(TimeProvider time) : IIntroductionCircuits, IVisitorMeeting, IVisitorCircuits, IDescriptorBoard, IServiceDirectory
{
    // So that number 100 is the day on which virtual time begins.
    private const ulong FirstPeriod = 20_679;

    private readonly ConcurrentDictionary<string, FakeWaiting> _waiting = new();
    private int _nextRelay;

    public event Action? Changed;

    public ConcurrentDictionary<Ed25519Identity, FakeStanding> Standing { get; } = new();

    public ConcurrentQueue<(string Text, BlindedKey Key, TimePeriod Period)> Uploads { get; } = new();

    public ConcurrentQueue<FakeVisitorCircuit> Joined { get; } = new();

    public DescriptorSlots? Slots { get; private set; }

    public int Relays { get; set; } = 30;

    public int Lookups { get; private set; }

    public int Refreshes { get; private set; }

    public int Reached { get; private set; }

    /// <summary>What the next circuits to introduction points meet; none to pass.</summary>
    public Func<Exception?> IntroductionCircuitFault { get; set; } = () => null;

    public Func<ushort?> IntroduceStatus { get; set; } = () => null;

    public Func<UploadTally> UploadResult { get; set; } = () => new UploadTally(8, 8);

    /// <summary>Happens between a visitor's reading of the descriptor and the service's hearing of him.</summary>
    public Action BeforeIntroduction { get; set; } = () => { };

    public bool LosesIntroductions { get; set; }

    public bool MeetingFails { get; set; }

    /// <summary>At so many rendezvous points the service is not met, and the time to wait is over at once.</summary>
    public int MissedMeetings { get; set; }

    public IReadOnlyList<Ed25519Identity> DirectorySet { get; set; } = [new Ed25519Identity(new byte[32])];

    /// <summary>What the network says about congestion control.</summary>
    public CongestionParameters? Congestion { get; set; } = CongestionParameters.Default;

    public ServiceNetwork ForService => new(this, this, this, () => Congestion);

    public static TimePeriod Period(ulong number) => new(FirstPeriod + number, 1440);

    public void Publish(DescriptorSlots slots)
    {
        Slots = slots;
        Changed?.Invoke();
    }

    public void PublishPeriod(ulong number)
    {
        var earlier = DescriptorSlot.For(Period(number), Enumerable.Repeat((byte)number, 32).ToArray());
        var later = DescriptorSlot.For(Period(number + 1), Enumerable.Repeat((byte)(number + 1), 32).ToArray());
        Publish(new DescriptorSlots(earlier, later, earlier));
    }

    public Task<IStandingIntroduction> EstablishAsync(
        IntroductionKeys keys, IReadOnlyCollection<RelayFingerprint> exclude, Action<ReadOnlyMemory<byte>> onIntroduction, CancellationToken cancellationToken)
    {
        if (IntroductionCircuitFault() is { } fault)
        {
            return Task.FromException<IStandingIntroduction>(fault);
        }

        var relay = Relay(Interlocked.Increment(ref _nextRelay) % Relays);
        var standing = new FakeStanding(this, relay, keys.Auth.Public, onIntroduction);
        Standing[standing.AuthKey] = standing;
        return Task.FromResult<IStandingIntroduction>(standing);
    }

    public Task<IVisitorCircuit> JoinAsync(
        RendezvousTarget target, RendezvousAnswer answer, Action<IVisitorCircuit, IVisitorStream> onStream, CancellationToken cancellationToken)
    {
        var reader = new SpanReader(answer.Body.Span);
        var message = Rendezvous1Message.Read(ref reader);
        if (MeetingFails || !_waiting.TryRemove(Convert.ToHexString(message.Cookie.Span), out var client))
        {
            return Task.FromException<IVisitorCircuit>(new CircuitException("No such rendezvous.", DestroyReason.Protocol));
        }

        var circuit = new FakeVisitorCircuit((uint)Joined.Count + 1, onStream) { Terms = answer.Congestion };
        Joined.Enqueue(circuit);
        client.Circuit = circuit;
        client.Arrived.TrySetResult(message.Handshake.ToArray());
        return Task.FromResult<IVisitorCircuit>(circuit);
    }

    public Task<IWaitingRendezvous> WaitAtRendezvousAsync(ReadOnlyMemory<byte> cookie, CancellationToken cancellationToken)
    {
        var waiting = new FakeWaiting(new RendezvousTarget(Relay(0).OnionKey, Relay(0).Specifiers));
        if (MissedMeetings > 0)
        {
            MissedMeetings--;
            waiting.Arrived.SetException(new TimeoutException());
            return Task.FromResult<IWaitingRendezvous>(waiting);
        }

        Assert.True(_waiting.TryAdd(Convert.ToHexString(cookie.Span), waiting));
        return Task.FromResult<IWaitingRendezvous>(waiting);
    }

    public Task<IIntroducing> ReachIntroductionPointAsync(IntroductionTarget point, CancellationToken cancellationToken) =>
        IntroductionCircuitFault() is { } fault
            ? Task.FromException<IIntroducing>(fault)
            : Task.FromResult<IIntroducing>(new FakeIntroducing(this, point));

    public IReadOnlyList<Ed25519Identity> Directories(DescriptorSlot slot, BlindedKey key) => DirectorySet;

    public DateTimeOffset StartOfCounting(TimePeriod period) => TimePeriods.StartOfCounting(period, TimeSpan.FromHours(1));

    public Task<UploadTally> UploadAsync(string text, BlindedKey key, DescriptorSlot slot, CancellationToken cancellationToken)
    {
        var result = UploadResult();
        if (result.Stored > 0)
        {
            Uploads.Enqueue((text, key, slot.Period));
        }

        return Task.FromResult(result);
    }

    public Task<ServiceView> FindAsync(OnionHostName name, IsolationKey isolation, Freshness freshness, CancellationToken cancellationToken)
    {
        Lookups++;
        Refreshes += freshness == Freshness.Known ? 0 : 1;
        var period = Slots!.Value.ForClients.Period;
        var key = KeyBlinding.BlindPublic(name.Address.Identity, period);
        var text = Uploads.LastOrDefault(upload => upload.Key == key).Text
            ?? throw new OnionException(OnionFailure.DescriptorNotFound, "Not there.");
        using var client = name.Cookie?.DescriptorKey();
        var found = DescriptorDecoder.Decode(System.Text.Encoding.ASCII.GetBytes(text), name.Address, period, client, time.GetUtcNow());
        var points = found.Content.IntroductionPoints.Select(point => new IntroductionTarget(
            new HopTarget(LinkSpecifiers.Fingerprint(point.Specifiers)!.Value, null, point.OnionKey, point.Specifiers), point.AuthKey, point.EncryptionKey));
        return Task.FromResult(new ServiceView([.. points], found.Subcredential, found.Revision)
        {
            Congestion = ServiceDirectory.Terms(found.Content.FlowControl, Congestion),
        });
    }

    public Task ReachedAsync(OnionHostName name, IsolationKey isolation, CancellationToken cancellationToken)
    {
        Reached++;
        return Task.CompletedTask;
    }

    private HopTarget Relay(int number)
    {
        var fingerprint = new RelayFingerprint(Enumerable.Repeat((byte)number, 20).ToArray());
        return new HopTarget(fingerprint, null, new Curve25519PublicKey(Enumerable.Repeat((byte)9, 32).ToArray()), [
            LinkSpecifier.FromEndPoint(new(System.Net.IPAddress.Loopback, 9000 + number)), LinkSpecifier.FromFingerprint(fingerprint)]);
    }

    internal sealed class FakeStanding(FakeNetwork network, HopTarget relay, Ed25519Identity authKey, Action<ReadOnlyMemory<byte>> onIntroduction)
        : IStandingIntroduction
    {
        private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Ed25519Identity AuthKey => authKey;

        public HopTarget Relay => relay;

        public Task Closed => _closed.Task;

        public void Introduce(ReadOnlyMemory<byte> body) => onIntroduction(body);

        public void Die()
        {
            network.Standing.TryRemove(authKey, out _);
            _closed.TrySetResult();
        }

        public ValueTask DisposeAsync()
        {
            Die();
            return ValueTask.CompletedTask;
        }
    }

    internal sealed class FakeWaiting(RendezvousTarget target) : IWaitingRendezvous
    {
        public TaskCompletionSource<byte[]> Arrived { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public FakeVisitorCircuit? Circuit { get; set; }

        public RendezvousTarget Target => target;

        public Task<byte[]> Arrival => Arrived.Task;

        public IJoinedCircuit Join(RelayLayer layer, CongestionTerms? terms) => new FakeJoined(Circuit!, terms);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    internal sealed class FakeJoined(FakeVisitorCircuit service, CongestionTerms? terms) : IJoinedCircuit
    {
        public FakeVisitorCircuit Service => service;

        /// <summary>What the client takes to be agreed on.</summary>
        public CongestionTerms? Terms => terms;

        public bool IsOpen => !service.Closed.IsCompleted;

        public int OpenStreams { get; set; }

        public Task<TorStream> OpenAsync(int port, CancellationToken cancellationToken)
        {
            service.Open(port);
            return IsOpen ? Task.FromResult<TorStream>(null!) : Task.FromException<TorStream>(new CircuitException("Closed.", DestroyReason.Destroyed));
        }

        public void Close() => service.Close();
    }

    private sealed class FakeIntroducing(FakeNetwork network, IntroductionTarget point) : IIntroducing
    {
        public Task<ushort> IntroduceAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
        {
            network.BeforeIntroduction();
            if (network.IntroduceStatus() is { } status)
            {
                return Task.FromResult(status);
            }

            if (!network.Standing.TryGetValue(point.AuthKey, out var standing))
            {
                return Task.FromResult(IntroduceAckMessage.UnknownService);
            }

            if (!network.LosesIntroductions)
            {
                standing.Introduce(body);
            }

            return Task.FromResult(IntroduceAckMessage.Success);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
