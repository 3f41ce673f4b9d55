using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using OnionHost.Network.Authority.Uploads;
using OnionHost.Network.Directory;
using OnionHost.Network.Relays;
using OnionHost.Network.Relays.Keys;
using OnionHost.Network.Relays.Publication;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Identities;
using OnionHost.Tests.Shared;

namespace OnionHost.Network.Tests.Relays.Publication;

public sealed class DescriptorPublisherTests : IAsyncDisposable
{
    private readonly ManualTimeProvider _clock = new();
    private readonly ShiftedTimeProvider _shifted;
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(30));
    private readonly ConcurrentQueue<(string Authority, DateTimeOffset At, ServerDescriptor Descriptor)> _posts = new();
    private readonly ConcurrentDictionary<string, Func<DirectoryResponse>> _answers = new();
    private readonly RelayKeys _keys;
    private readonly DescriptorPublisher _publisher;

    public DescriptorPublisherTests()
    {
        _shifted = new ShiftedTimeProvider(_clock);
        var context = new NodeContext(_shifted, SystemRandomSource.Instance, NullLoggerFactory.Instance);
        _keys = RelayKeys.Generate(context, leafKind: Protocol.Certificates.LinkLeafKind.EllipticCurve);
        var options = new RelayOptions(Nickname.Parse("pub"), new IPEndPoint(IPAddress.Loopback, 9001));
        DirectoryAuthority[] authorities = [Authority("a1", 1), Authority("a2", 2), Authority("a3", 3)];
        _publisher = new DescriptorPublisher(
            context,
            authorities,
            () => RelayDescriptor.Build(context, options, _keys, new RelayAddresses(options.Listen, null), new RelayUse(_clock.GetUtcNow(), 0)),
            PostAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await _publisher.DisposeAsync();
        _keys.Dispose();
        _limit.Dispose();
    }

    [Fact]
    public async Task It_goes_to_every_authority_at_once_and_again_after_eighteen_hours()
    {
        _publisher.Start();
        await UntilAsync(() => _posts.Count == 3);
        await _publisher.Published.WaitAsync(_limit.Token);
        Assert.Equal(["a1", "a2", "a3"], _posts.Select(p => p.Authority).Order());
        Assert.All(_posts, p => Assert.Equal(_keys.Fingerprint, p.Descriptor.Fingerprint));

        await UntilAsync(() => _clock.NextDue is not null);
        _clock.Advance(TimeSpan.FromHours(17.9));
        Assert.Equal(3, _posts.Count);
        _clock.Advance(TimeSpan.FromHours(0.2));
        await UntilAsync(() => _posts.Count == 6);
        Assert.True(_posts.Last().Descriptor.Published > _posts.First().Descriptor.Published);
    }

    [Fact]
    public async Task Refused_by_most_authorities_it_is_not_published()
    {
        _answers["a1"] = _answers["a2"] = () => DirectoryResponse.BadRequest("no");
        var refusals = 0;
        _publisher.Refused += (_, _) => Interlocked.Increment(ref refusals);
        _publisher.Start();
        await UntilAsync(() => _posts.Count == 3 && refusals == 2 && _clock.NextDue is not null);
        Assert.False(_publisher.Published.IsCompleted);
        _answers["a1"] = () => DirectoryResponse.Ok("ok");
        _publisher.MarkDirty();
        await _publisher.Published.WaitAsync(_limit.Token);
    }

    [Fact]
    public async Task A_change_is_published_soon()
    {
        _publisher.Start();
        await UntilAsync(() => _posts.Count == 3 && _clock.NextDue is not null);
        _publisher.MarkDirty();
        await UntilAsync(() => _posts.Count == 6);
    }

    [Fact]
    public async Task An_authority_that_does_not_answer_is_tried_again_with_longer_pauses()
    {
        var failures = 5;
        _answers["a2"] = () => failures-- > 0 ? throw new IOException("down") : DirectoryResponse.Ok("ok");
        _publisher.Start();
        var start = _clock.GetUtcNow();
        while (_posts.Count(p => p.Authority == "a2") < 6)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(1, _limit.Token);
        }

        var times = _posts.Where(p => p.Authority == "a2").Select(p => (p.At - start).TotalSeconds).ToList();
        Assert.All(times.Zip(times.Skip(1)).Select((pair, i) => (Pause: pair.Second - pair.First, Least: 1 << i)), p => Assert.True(p.Pause >= p.Least));
        Assert.Equal(2, _posts.Count(p => p.Authority != "a2"));
    }

    [Fact]
    public async Task A_refusal_is_not_repeated_with_the_same_descriptor()
    {
        _answers["a1"] = () => DirectoryResponse.BadRequest("no");
        _publisher.Start();
        await UntilAsync(() => _posts.Count == 3 && _clock.NextDue is not null);
        _clock.Advance(TimeSpan.FromHours(1));
        await Task.Yield();
        Assert.Equal(3, _posts.Count);
    }

    [Fact]
    public async Task A_clock_that_is_set_right_makes_a_new_descriptor()
    {
        _answers["a1"] = _answers["a2"] = () => DirectoryResponse.BadRequest("Your clock is set too far in the future");
        _shifted.Offset = TimeSpan.FromDays(2);
        _publisher.Start();
        await UntilAsync(() => _posts.Count == 3 && _clock.NextDue is not null);
        _shifted.Offset = TimeSpan.Zero;
        while (_posts.Count < 6)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(1, _limit.Token);
        }
    }

    private static DirectoryAuthority Authority(string name, int number) => DirectoryAuthority.Parse(
        $"{name} orport=900{number} v3ident={new string((char)('0' + number), 40)} 127.0.0.1:910{number} {new string((char)('0' + number), 40)}");

    private Task<DirectoryResponse> PostAsync(DirectoryAuthority authority, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var name = authority.Nickname.ToString();
        var uploaded = UploadedDocuments.Read(body);
        var descriptor = Assert.Single(uploaded.Descriptors);
        Assert.True(Assert.Single(uploaded.ExtraInfos).Matches(descriptor));
        _posts.Enqueue((name, _clock.GetUtcNow(), descriptor));
        return Task.FromResult(_answers.TryGetValue(name, out var answer) ? answer() : DirectoryResponse.Ok("ok"));
    }

    private async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Delay(2, _limit.Token);
        }
    }
}
