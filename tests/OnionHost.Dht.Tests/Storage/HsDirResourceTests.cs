using System.Collections.Immutable;
using OnionHost.Dht.Descriptors;
using OnionHost.Dht.Storage;
using OnionHost.Dht.Tests.Descriptors;
using OnionHost.Network.Directory;

namespace OnionHost.Dht.Tests.Storage;

public sealed class HsDirResourceTests
{
    private readonly Samples _samples = new();
    private readonly HsDirResource _resource;

    public HsDirResourceTests()
    {
        _resource = new HsDirResource(_samples.Context);
    }

    [Fact]
    public async Task WhatIsPublishedIsFound()
    {
        using var keys = _samples.Keys();
        var text = _samples.Encode(Samples.Content(), keys, 7);
        var stored = await AskAsync("POST", "/tor/hs/3/publish", text);
        Assert.Equal((200, "HS descriptor stored successfully."), (stored!.Status, stored.Reason));
        var found = await AskAsync("GET", $"/tor/hs/3/{keys.Key}");
        Assert.Equal(text, found!.Body.ToArray());
        Assert.Equal(1, _resource.Count);

        _samples.Clock.Advance(TimeSpan.FromHours(3));
        Assert.Equal(404, (await AskAsync("GET", $"/tor/hs/3/{keys.Key}"))!.Status);
    }

    [Fact]
    public async Task TheSameOrAnOlderRevisionIsRefused()
    {
        using var keys = _samples.Keys();
        await AskAsync("POST", "/tor/hs/3/publish", _samples.Encode(Samples.Content(), keys, 7));
        Assert.Equal(400, (await AskAsync("POST", "/tor/hs/3/publish", _samples.Encode(Samples.Content(), keys, 7)))!.Status);
        Assert.Equal(400, (await AskAsync("POST", "/tor/hs/3/publish", _samples.Encode(Samples.Content(), keys, 6)))!.Status);
        Assert.Equal(200, (await AskAsync("POST", "/tor/hs/3/publish", _samples.Encode(Samples.Content(), keys, 8)))!.Status);
    }

    [Fact]
    public async Task StockDescriptorsAreTaken()
    {
        var vector = OnionHost.Tests.Shared.Vectors.Load("hs_descriptor.json").GetProperty("descriptors")[0];
        var text = System.Text.Encoding.ASCII.GetBytes(vector.GetProperty("descriptor").GetString()!);
        Assert.Equal(200, (await AskAsync("POST", "/tor/hs/3/publish", text))!.Status);
    }

    [Fact]
    public async Task OnlyAnonymousAskersAreServed()
    {
        using var keys = _samples.Keys();
        var text = _samples.Encode(Samples.Content(), keys);
        Assert.Equal(503, (await AskAsync("POST", "/tor/hs/3/publish", text, anonymous: false))!.Status);
        await AskAsync("POST", "/tor/hs/3/publish", text);
        Assert.Equal(503, (await AskAsync("GET", $"/tor/hs/3/{keys.Key}", anonymous: false))!.Status);
    }

    [Fact]
    public async Task WhatAStrangerSignedIsNotStored()
    {
        using var keys = _samples.Keys();
        var text = _samples.Encode(Samples.Content(), keys);
        Assert.Equal(400, (await AskAsync("POST", "/tor/hs/3/publish", _samples.SignedByStranger(text)))!.Status);
        Assert.Equal(404, (await AskAsync("GET", $"/tor/hs/3/{keys.Key}"))!.Status);
        Assert.Equal(200, (await AskAsync("POST", "/tor/hs/3/publish", text))!.Status);
    }

    [Fact]
    public async Task BadSignaturesAndBadPathsAreRefused()
    {
        using var keys = _samples.Keys();
        var text = _samples.Encode(Samples.Content(), keys);
        text[^10] ^= 1;
        Assert.Equal(400, (await AskAsync("POST", "/tor/hs/3/publish", text))!.Status);
        Assert.Equal(400, (await AskAsync("POST", "/tor/hs/3/publish"))!.Status);
        Assert.Equal(400, (await AskAsync("POST", "/tor/hs/3/publish", new byte[DescriptorLimits.MaxSize + 1]))!.Status);
        Assert.Equal(404, (await AskAsync("POST", "/tor/hs/3/other", text))!.Status);
        Assert.Equal(404, (await AskAsync("GET", "/tor/hs/3/publish"))!.Status);
        Assert.Equal(404, (await AskAsync("GET", "/tor/hs/3/"))!.Status);
        Assert.Equal(404, (await AskAsync("DELETE", $"/tor/hs/3/{keys.Key}"))!.Status);
        Assert.Null(await AskAsync("GET", "/tor/hs/2/x"));
        Assert.Null(await AskAsync("GET", "/tor/status-vote/current/consensus"));
        Assert.Equal(0, _resource.Count);
    }

    private ValueTask<DirectoryResponse?> AskAsync(string method, string path, byte[]? body = null, bool anonymous = true) =>
        _resource.TryHandleAsync(
            new DirectoryRequest(method, path, ImmutableDictionary<string, string>.Empty, body, anonymous, null), CancellationToken.None);
}
