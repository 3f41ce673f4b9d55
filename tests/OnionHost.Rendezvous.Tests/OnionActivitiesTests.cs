using System.Collections.Concurrent;
using System.Diagnostics;
using OnionHost.Protocol;

namespace OnionHost.Rendezvous.Tests;

public sealed class OnionActivitiesTests : IDisposable
{
    private readonly ConcurrentQueue<Activity> _ended = new();
    private readonly ActivitySource _tests = new(nameof(OnionActivitiesTests));
    private readonly ActivityListener _listener;

    public OnionActivitiesTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "OnionHost" or nameof(OnionActivitiesTests),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    [Fact]
    public async Task A_connection_is_a_span_that_says_only_what_kind_it_was()
    {
        var ended = await RunAsync(() => OnionActivities.ConnectAsync(isOnion: true, () => Task.FromResult(1)));

        Assert.Equal("tor connect", ended.OperationName);
        Assert.Equal([new("onionhost.destination", "onion")], ended.TagObjects);
        Assert.Equal(ActivityStatusCode.Unset, ended.Status);
    }

    [Fact]
    public async Task A_failure_is_named_by_its_kind_and_not_by_its_text()
    {
        var ended = await RunAsync(() => Assert.ThrowsAsync<TorException>(() =>
            OnionActivities.PublishAsync<int>(() => throw new TorException(TorErrorKind.Network, "the secret.onion was not there"))));

        Assert.Equal("onion publish", ended.OperationName);
        Assert.Equal(ActivityStatusCode.Error, ended.Status);
        Assert.Contains(new("error.type", "TorException.Network"), ended.TagObjects);
        Assert.DoesNotContain("secret", string.Join(' ', ended.TagObjects.Select(tag => tag.Value)) + ended.StatusDescription, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _tests.Dispose();
    }

    /// <summary>The span below one of this test's own: other tests' services may publish at the same time.</summary>
    private async Task<Activity> RunAsync(Func<Task> work)
    {
        using var parent = _tests.StartActivity("test")!;
        await work();
        return Assert.Single(_ended, activity => activity.ParentSpanId == parent.SpanId);
    }
}
