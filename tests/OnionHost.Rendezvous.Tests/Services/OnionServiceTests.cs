using OnionHost.Network;
using OnionHost.Network.Paths;
using OnionHost.Protocol;
using OnionHost.Protocol.Messages;
using OnionHost.Rendezvous.Cookies;
using OnionHost.Rendezvous.Dialing;
using OnionHost.Rendezvous.Publishing;
using OnionHost.Rendezvous.Services;
using OnionHost.Rendezvous.Tests.Support;
using OnionHost.Tests.Shared;

namespace OnionHost.Rendezvous.Tests.Services;

public sealed class OnionServiceTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new();
    private readonly FakeNetwork _network;
    private readonly NodeContext _context;
    private readonly OnionConnector _connector;
    private readonly List<OnionService> _services = [];

    public OnionServiceTests()
    {
        _network = new FakeNetwork(_time);
        _context = TestNode.Context(_time);
        _connector = new OnionConnector(_context, _network, _network);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var service in _services)
        {
            await service.DisposeAsync();
        }
    }

    [Fact]
    public async Task Service_becomes_reachable_with_three_points_and_two_descriptors()
    {
        var service = Start(new OnionServiceOptions());
        Assert.Equal(OnionServiceState.Bootstrapping, service.State);
        _network.PublishPeriod(100);
        await ReachableAsync(service);
        await UntilAsync(() => _network.Uploads.Count == 2 && _network.Standing.Count == 3);
        Assert.Equal([FakeNetwork.Period(100), FakeNetwork.Period(101)], _network.Uploads.Select(u => u.Period).Order(ByNumber));
        Assert.Equal((3, 16, 16), (service.Snapshot.IntroductionPoints, service.Snapshot.DescriptorUploads, service.Snapshot.DescriptorDirectories));
    }

    [Fact]
    public async Task Visitor_reaches_a_listener_and_reuses_the_circuit()
    {
        var service = await StartReachableAsync(new OnionServiceOptions());
        var listener = service.Listen(80);
        await using var dialer = new OnionDialer(_context, new NoDialer(), _connector);
        var target = new StreamTarget(service.Address.ToString(), 80, IsolationKey.None);
        for (var i = 0; i < 3; i++)
        {
            await dialer.DialAsync(target, CancellationToken.None);
            var connection = await listener.AcceptAsync();
            Assert.Equal((80, 1u, null, false), (connection!.VirtualPort, connection.CircuitId, connection.CookieName, connection.HasCookie));
        }

        Assert.Single(_network.Joined);
        await dialer.DialAsync(target with { Isolation = new IsolationKey("other") }, CancellationToken.None);
        Assert.Equal(2u, (await listener.AcceptAsync())!.CircuitId);
    }

    [Fact]
    public async Task Many_visits_at_once_share_one_circuit()
    {
        var service = await StartReachableAsync(new OnionServiceOptions());
        service.Listen(80);
        await using var dialer = new OnionDialer(_context, new NoDialer(), _connector);
        var target = new StreamTarget(service.Address.ToString(), 80, IsolationKey.None);
        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => dialer.DialAsync(target, CancellationToken.None)));
        Assert.Single(_network.Joined);
    }

    [Fact]
    public async Task Unknown_port_closes_the_circuit()
    {
        var service = await StartReachableAsync(new OnionServiceOptions());
        service.Listen(80);
        await using var dialer = new OnionDialer(_context, new NoDialer(), _connector);
        await Assert.ThrowsAnyAsync<TorException>(
            () => dialer.DialAsync(new StreamTarget(service.Address.ToString(), 81, IsolationKey.None), CancellationToken.None));
        Assert.True(_network.Joined.Single().Closed.IsCompleted);
    }

    [Fact]
    public async Task Circuit_with_too_many_streams_is_closed_and_a_full_listener_refuses()
    {
        var service = await StartReachableAsync(new OnionServiceOptions { MaxStreamsPerCircuit = 5, Backlog = 2 });
        service.Listen(80);
        await VisitAsync(service);
        var circuit = _network.Joined.Single();
        var streams = Enumerable.Range(0, 5).Select(_ => circuit.Open(80)).ToList();
        Assert.Equal([false, false, true, true, true], streams.Select(s => s.IsAborted));
        Assert.False(circuit.Closed.IsCompleted);
        circuit.Open(80);
        Assert.True(circuit.Closed.IsCompleted);
    }

    [Fact]
    public async Task Unbound_listener_gives_null_and_frees_the_port()
    {
        var service = Start(new OnionServiceOptions());
        var listener = service.Listen(80);
        Assert.Throws<TorException>(() => service.Listen(80));
        var pending = listener.AcceptAsync();
        listener.Unbind();
        Assert.Null(await pending);
        Assert.Null(await listener.AcceptAsync());
        service.Listen(80);
    }

    [Fact]
    public async Task Dead_point_is_replaced_and_told_to_visitors()
    {
        var service = await StartReachableAsync(new OnionServiceOptions());
        var before = _network.Uploads.Count;
        _network.Standing.Values.First().Die();
        await UntilAsync(() => _network.Uploads.Count >= before + 2 && _network.Standing.Count == 3);
        await UntilAsync(() => service.State == OnionServiceState.Reachable);
        await VisitAsync(service);
    }

    [Fact]
    public async Task Points_are_replaced_within_a_day_and_the_old_ones_stay_a_while()
    {
        var service = await StartReachableAsync(new OnionServiceOptions());
        var first = _network.Standing.Keys.ToHashSet();
        await _time.RunAsync(TimeSpan.FromHours(17));
        Assert.Equal(first, _network.Standing.Keys.ToHashSet());
        Assert.True(await _time.RunUntilAsync(() => _network.Standing.Count > 3));
        Assert.True(await _time.RunUntilAsync(() => _network.Standing.Count == 3 && !_network.Standing.Keys.Any(first.Contains)));
        await VisitAsync(service);
    }

    [Fact]
    public async Task Descriptors_are_published_again_every_one_to_two_hours_with_growing_counters()
    {
        await StartReachableAsync(new OnionServiceOptions());
        await _time.RunAsync(TimeSpan.FromHours(12));
        var rounds = _network.Uploads.Count / 2;
        Assert.InRange(rounds, 6, 13);
        foreach (var series in _network.Uploads.GroupBy(upload => upload.Key))
        {
            var counters = series.Select(upload => ulong.Parse(
                upload.Text.Split('\n').Single(line => line.StartsWith("revision-counter ", StringComparison.Ordinal)).Split(' ')[1],
                System.Globalization.CultureInfo.InvariantCulture)).ToList();
            Assert.Equal(counters.Distinct().Order(), counters);
        }
    }

    [Fact]
    public async Task Next_period_and_moved_directories_are_published_at_once()
    {
        var service = await StartReachableAsync(new OnionServiceOptions());
        await UntilAsync(() => _network.Uploads.Count == 2);
        _network.PublishPeriod(101);
        await UntilAsync(() => _network.Uploads.Count == 4);
        Assert.Equal(2, _network.Uploads.Count(upload => upload.Period == FakeNetwork.Period(101)));
        await VisitAsync(service);
        _network.DirectorySet = [new Protocol.Identities.Ed25519Identity(Enumerable.Repeat((byte)1, 32).ToArray())];
        _network.Publish(_network.Slots!.Value);
        await UntilAsync(() => _network.Uploads.Count == 6);
        _network.Publish(_network.Slots!.Value);
        await _time.RunAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(6, _network.Uploads.Count);
    }

    [Fact]
    public async Task Visitor_with_the_older_period_is_still_met()
    {
        var service = await StartReachableAsync(new OnionServiceOptions());
        var old = await _network.FindAsync(Name(service), IsolationKey.None, false, CancellationToken.None);
        _network.PublishPeriod(101);
        await UntilAsync(() => _network.Uploads.Count == 4);
        var connector = new OnionConnector(_context, new OneView(old), _network);
        Assert.True((await connector.ConnectAsync(Name(service), IsolationKey.None, false, CancellationToken.None)).IsOpen);
    }

    [Fact]
    public async Task Failed_uploads_are_tried_again_soon()
    {
        _network.UploadResult = () => new UploadTally(0, 8);
        _network.PublishPeriod(100);
        var service = Start(new OnionServiceOptions());
        await UntilAsync(() => service.State == OnionServiceState.Publishing && service.Snapshot.DescriptorDirectories == 16);
        _network.UploadResult = () => new UploadTally(8, 8);
        Assert.True(await _time.RunUntilAsync(() => service.State == OnionServiceState.Reachable));
    }

    [Fact]
    public async Task Points_that_cannot_be_had_are_tried_again_with_pauses()
    {
        var attempts = 0;
        _network.IntroductionCircuitFault = () =>
            Interlocked.Increment(ref attempts) <= 20 ? new TorException(TorErrorKind.Network, "No relay.", isTransient: true) : null;
        _network.PublishPeriod(100);
        var service = Start(new OnionServiceOptions());
        await UntilAsync(() => service.Snapshot.LastError == "No relay.");
        Assert.Equal(OnionServiceState.OpeningIntroductions, service.State);
        Assert.True(await _time.RunUntilAsync(() => service.State == OnionServiceState.Reachable));
    }

    [Fact]
    public async Task Network_with_too_few_relays_leaves_the_service_degraded_but_reachable()
    {
        _network.Relays = 2;
        _network.PublishPeriod(100);
        var service = Start(new OnionServiceOptions { IntroductionPoints = 5 });
        await ReachableAsync(service);
        Assert.Equal(OnionServiceState.Degraded, service.State);
        await _time.RunAsync(TimeSpan.FromMinutes(30));
        Assert.InRange(_network.Uploads.Count, 2, 6);
        await VisitAsync(service);
    }

    [Fact]
    public async Task Draining_lets_nobody_in_and_keeps_who_is_there()
    {
        var service = await StartReachableAsync(new OnionServiceOptions());
        await VisitAsync(service);
        await service.StopIntroductionsAsync();
        Assert.Equal(OnionServiceState.Draining, service.State);
        Assert.Empty(_network.Standing);
        Assert.False(_network.Joined.Single().Closed.IsCompleted);
        var failure = await Assert.ThrowsAsync<OnionException>(() => VisitAsync(service));
        Assert.Equal(OnionFailure.IntroductionFailed, failure.Failure);
        await service.DisposeAsync();
        Assert.True(_network.Joined.Single().Closed.IsCompleted);
        Assert.True(_network.Joined.Single().IsDrained);
        Assert.Equal(OnionServiceState.Stopped, service.State);
        Assert.Throws<ObjectDisposedException>(() => service.Listen(80));
    }

    [Fact]
    public async Task Cookie_is_proved_by_name_and_revoked_alone()
    {
        var service = await StartReachableAsync(new OnionServiceOptions { RequireCookie = true });
        var listener = service.Listen(80);
        var (alice, bob) = (service.Cookies.Issue("alice"), service.Cookies.Issue("bob"));
        await UntilAsync(() => Reads(service, alice) && Reads(service, bob));
        var (first, second) = (await VisitAsync(service, alice), await VisitAsync(service, bob));
        await first.OpenAsync(80, CancellationToken.None);
        var connection = await listener.AcceptAsync();
        Assert.Equal(("alice", true), (connection!.CookieName, connection.HasCookie));

        service.Cookies.Revoke("alice");
        Assert.False(first.IsOpen);
        Assert.True(second.IsOpen);
        await UntilAsync(() => !Reads(service, alice));
        Assert.Equal(OnionFailure.WrongAuthorization, (await Assert.ThrowsAsync<OnionException>(() => VisitAsync(service, alice))).Failure);
        Assert.Equal(OnionFailure.MissingAuthorization, (await Assert.ThrowsAsync<OnionException>(() => VisitAsync(service))).Failure);
        Assert.True((await VisitAsync(service, bob)).IsOpen);
    }

    [Fact]
    public async Task Service_that_requires_cookies_and_has_issued_none_is_closed_to_all()
    {
        var service = await StartReachableAsync(new OnionServiceOptions { RequireCookie = true });
        Assert.Equal(OnionFailure.MissingAuthorization, (await Assert.ThrowsAsync<OnionException>(() => VisitAsync(service))).Failure);
    }

    [Fact]
    public async Task Expired_cookie_ends_like_a_revoked_one()
    {
        var service = await StartReachableAsync(new OnionServiceOptions { RequireCookie = true });
        var cookie = service.Cookies.Issue("guest", _time.GetUtcNow().AddMinutes(10));
        await UntilAsync(() => Reads(service, cookie));
        var circuit = await VisitAsync(service, cookie);
        await _time.RunAsync(TimeSpan.FromMinutes(11));
        await UntilAsync(() => !circuit.IsOpen && !Reads(service, cookie));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Revoked_visitor_with_an_old_descriptor_is_met_with_silence(bool allowDescriptorOnly)
    {
        var service = await StartReachableAsync(new OnionServiceOptions { RequireCookie = true, AllowDescriptorOnlyCookies = allowDescriptorOnly });
        var cookie = service.Cookies.Issue("alice");
        await UntilAsync(() => Reads(service, cookie));
        var view = await _network.FindAsync(Name(service, cookie), IsolationKey.None, false, CancellationToken.None);
        service.Cookies.Revoke("alice");
        var connector = new OnionConnector(_context, new OneView(view), _network);
        var visit = connector.ConnectAsync(Name(service, cookie), IsolationKey.None, false, CancellationToken.None);
        await _time.RunUntilAsync(() => visit.IsCompleted);
        await Assert.ThrowsAsync<OnionException>(() => visit);
        Assert.Empty(_network.Joined);
    }

    [Fact]
    public async Task Visitor_without_proof_is_let_in_only_where_that_is_allowed()
    {
        foreach (var allowed in new[] { false, true })
        {
            var service = await StartReachableAsync(new OnionServiceOptions { RequireCookie = true, AllowDescriptorOnlyCookies = allowed });
            var cookie = service.Cookies.Issue("stock");
            await UntilAsync(() => Reads(service, cookie));

            // A stock client decrypts with the cookie, and introduces itself without a proof.
            var view = await _network.FindAsync(Name(service, cookie), IsolationKey.None, false, CancellationToken.None);
            var stock = new OnionConnector(_context, new OneView(view), _network);
            var joined = _network.Joined.Count;
            var visit = stock.ConnectAsync(Name(service), IsolationKey.None, false, CancellationToken.None);
            await _time.RunUntilAsync(() => visit.IsCompleted);
            if (allowed)
            {
                var listener = service.Listen(80);
                await (await visit).OpenAsync(80, CancellationToken.None);
                var connection = await listener.AcceptAsync();
                Assert.Equal((null, true), (connection!.CookieName, connection.HasCookie));
            }
            else
            {
                Assert.Equal(OnionFailure.RendezvousFailed, (await Assert.ThrowsAsync<OnionException>(() => visit)).Failure);
                Assert.Equal(joined, _network.Joined.Count);
            }
        }
    }

    [Fact]
    public async Task Cookie_of_an_open_service_names_the_visitor()
    {
        var service = await StartReachableAsync(new OnionServiceOptions());
        var listener = service.Listen(80);
        var cookie = service.Cookies.Issue("member");
        await (await VisitAsync(service, cookie)).OpenAsync(80, CancellationToken.None);
        Assert.Equal("member", (await listener.AcceptAsync())!.CookieName);
    }

    [Fact]
    public async Task Replayed_introduction_is_dropped()
    {
        var service = await StartReachableAsync(new OnionServiceOptions());
        var recorder = new RecordingCircuits(_network);
        await new OnionConnector(_context, _network, recorder).ConnectAsync(Name(service), IsolationKey.None, false, CancellationToken.None);
        Assert.Single(_network.Joined);
        _network.Standing[recorder.Point!.AuthKey].Introduce(recorder.Body);
        await _time.RunAsync(TimeSpan.FromMinutes(1));
        Assert.Single(_network.Joined);
    }

    [Fact]
    public async Task Garbage_introductions_disturb_nobody()
    {
        var service = await StartReachableAsync(new OnionServiceOptions());
        foreach (var standing in _network.Standing.Values)
        {
            for (var length = 0; length < 490; length += 7)
            {
                standing.Introduce(new byte[length]);
            }
        }

        await VisitAsync(service);
    }

    [Fact]
    public async Task Restart_keeps_address_and_cookies()
    {
        using var temporary = new TemporaryDirectory();
        var options = new OnionServiceOptions { KeyDirectory = temporary.File("blog"), RequireCookie = true };
        var first = await StartReachableAsync(options);
        var cookie = first.Cookies.Issue("alice");
        Assert.Throws<TorException>(() => OnionService.Open(_context, options, _network.ForService));
        await first.DisposeAsync();
        var second = await StartReachableAsync(options);
        Assert.Equal(first.Address, second.Address);
        await UntilAsync(() => Reads(second, cookie));
        Assert.True((await VisitAsync(second, cookie)).IsOpen);
    }

    [Fact]
    public void Wrong_options_are_told_together()
    {
        var fault = Assert.Throws<TorException>(() => OnionServiceOptionsCheck.Check(
            new OnionServiceOptions { IntroductionPoints = 21, Backlog = 0, AllowDescriptorOnlyCookies = true }));
        Assert.Contains("IntroductionPoints", fault.Message, StringComparison.Ordinal);
        Assert.Contains("Backlog", fault.Message, StringComparison.Ordinal);
        Assert.Contains("AllowDescriptorOnlyCookies", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Directory_that_C_tor_restricts_is_not_opened_to_all()
    {
        using var temporary = new TemporaryDirectory();
        Directory.CreateDirectory(temporary.File("authorized_clients"));
        File.WriteAllText(
            temporary.File("authorized_clients/bob.auth"), "descriptor:x25519:OM7TGIVRYMY6PFX6GAC6ATRTA5U6WW6U7A4ZNHQDI6OVL52XVV2Q\n");
        Assert.Throws<TorException>(() => OnionService.Open(_context, new OnionServiceOptions { KeyDirectory = temporary.Path }, _network.ForService));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    public async Task As_many_cookies_as_are_allowed_fit_into_the_descriptor(int points)
    {
        var service = OnionService.Open(_context, new OnionServiceOptions { RequireCookie = true, IntroductionPoints = points }, _network.ForService);
        _services.Add(service);
        OnionCookie? last = null;
        try
        {
            for (var i = 0; ; i++)
            {
                last = service.Cookies.Issue($"visitor-{i}");
            }
        }
        catch (TorException)
        {
            Assert.True(service.Cookies.List().Count >= 100);
        }

        _network.PublishPeriod(100);
        service.Start();
        await ReachableAsync(service);
        await UntilAsync(() => Reads(service, last!));
        Assert.All(_network.Uploads, upload => Assert.True(upload.Text.Length <= 50_000));
    }

    private static Comparer<Protocol.Identities.TimePeriod> ByNumber { get; } =
        Comparer<Protocol.Identities.TimePeriod>.Create((a, b) => a.Number.CompareTo(b.Number));

    private static OnionHostName Name(OnionService service, OnionCookie? cookie = null) => new(service.Address, cookie);

    private OnionService Start(OnionServiceOptions options)
    {
        var service = OnionService.Open(_context, options, _network.ForService);
        _services.Add(service);
        service.Start();
        return service;
    }

    private async Task<OnionService> StartReachableAsync(OnionServiceOptions options)
    {
        _network.PublishPeriod(100);
        var service = Start(options);
        await ReachableAsync(service);
        await UntilAsync(() => service.State is OnionServiceState.Reachable && service.Snapshot.DescriptorUploads == 16);
        return service;
    }

    private static Task ReachableAsync(OnionService service) => service.WaitUntilReachableAsync().WaitAsync(TimeSpan.FromSeconds(30));

    private static async Task UntilAsync(Func<bool> condition) => Assert.True(await VirtualTime.HappensAsync(condition), "It did not happen.");

    private bool Reads(OnionService service, OnionCookie cookie)
    {
        try
        {
            _network.FindAsync(Name(service, cookie), IsolationKey.None, false, CancellationToken.None).GetAwaiter().GetResult();
            return true;
        }
        catch (OnionException)
        {
            return false;
        }
    }

    private Task<IJoinedCircuit> VisitAsync(OnionService service, OnionCookie? cookie = null) =>
        _connector.ConnectAsync(Name(service, cookie), IsolationKey.None, false, CancellationToken.None);

    private sealed class OneView(ServiceView view) : IServiceDirectory
    {
        public Task<ServiceView> FindAsync(OnionHostName name, IsolationKey isolation, bool fresh, CancellationToken cancellationToken) =>
            Task.FromResult(view);

        public Task ReachedAsync(OnionHostName name, IsolationKey isolation, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class RecordingCircuits(FakeNetwork network) : IVisitorCircuits, IIntroducing
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

    internal sealed class NoDialer : IStreamDialer
    {
        public Task<Network.Streams.TorStream> DialAsync(StreamTarget target, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("An onion host reached the inner dialer.");

        public Task<ResolvedMessage> ResolveAsync(string host, IsolationKey isolation, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("An onion host reached the inner dialer.");
    }
}
