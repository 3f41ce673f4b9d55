using OnionHost.Dht.Descriptors;
using OnionHost.Dht.Publishing;
using OnionHost.Dht.Tests.Descriptors;
using OnionHost.Dht.Tests.Fetching;
using OnionHost.Network.Directory;

namespace OnionHost.Dht.Tests.Publishing;

public sealed class DescriptorUploaderTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly Samples _samples = new();
    private readonly HsDirNetwork _network;
    private readonly DescriptorUploader _uploader;

    public DescriptorUploaderTests()
    {
        _network = new HsDirNetwork(_samples);
        _uploader = new DescriptorUploader(_samples.Context, _network);
    }

    [Fact]
    public async Task AllResponsibleDirectoriesGetIt()
    {
        var result = await PublishAsync();
        Assert.True(result is { IsComplete: true, IsReachable: true, Stored: 8, Asked: 8 });
        Assert.Equal(8, _network.Asked.Distinct().Count());
    }

    [Fact]
    public async Task ARefusalIsFinal()
    {
        _network.Instead = _ => Task.FromResult<DirectoryResponse?>(DirectoryResponse.BadRequest("Rejected."));
        var result = await PublishAsync();
        Assert.Equal(8, _network.Asked.Count);
        Assert.All(result.Uploads, upload => Assert.Equal((UploadOutcome.Refused, "Rejected."), (upload.Outcome, upload.Reason)));
        Assert.False(result.IsReachable);
    }

    [Fact]
    public async Task UnreachableDirectoriesAreTriedThreeTimes()
    {
        _network.Instead = HsDirNetwork.Fail;
        var publishing = PublishAsync();
        await AdvanceUntilDoneAsync(publishing);
        var result = await publishing;
        Assert.Equal(24, _network.Asked.Count);
        Assert.All(result.Uploads, upload => Assert.Equal(UploadOutcome.Unreachable, upload.Outcome));
    }

    [Fact]
    public async Task ABusyDirectoryIsTriedAgain()
    {
        var busy = 1;
        _network.Instead = _ => Task.FromResult(Interlocked.Exchange(ref busy, 0) == 1 ? DirectoryResponse.Unavailable() : null);
        var publishing = PublishAsync();
        await AdvanceUntilDoneAsync(publishing);
        Assert.True((await publishing).IsComplete);
        Assert.Equal(9, _network.Asked.Count);
    }

    [Fact]
    public async Task CancellationEndsIt()
    {
        var gate = new TaskCompletionSource<DirectoryResponse?>();
        _network.Instead = async _ => await gate.Task;
        using var stop = new CancellationTokenSource();
        var publishing = PublishAsync(stop.Token);
        await stop.CancelAsync();
        gate.SetException(new OperationCanceledException());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => publishing.WaitAsync(Limit));
    }

    private async Task AdvanceUntilDoneAsync(Task publishing)
    {
        while (!publishing.IsCompleted)
        {
            _samples.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
    }

    private Task<UploadResult> PublishAsync(CancellationToken cancellationToken = default)
    {
        using var keys = _samples.Keys();
        var text = DescriptorEncoder.Encode(Samples.Content(), keys, 1, [], _samples.Context);
        return _uploader.PublishAsync(text, _network.Map.ForUpload(keys.Key, _network.Map.Slots.Earlier), cancellationToken).WaitAsync(Limit, CancellationToken.None);
    }
}
