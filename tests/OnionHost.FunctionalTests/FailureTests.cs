using System.Security.Cryptography;
using OnionHost.LocalNetwork;

namespace OnionHost.FunctionalTests;

/// <summary>Nodes that die while they are in use.</summary>
public sealed class FailureTests : IAsyncLifetime
{
    private const int Size = 20_000_000;
    private readonly NetworkFixture _fixture = new();

    public Task InitializeAsync() => _fixture.InitializeAsync();

    public async Task DisposeAsync()
    {
        await _fixture.DisposeAsync();
        _fixture.Dispose();
    }

    [Fact]
    public async Task A_relay_killed_during_a_download_costs_that_download_only()
    {
        var before = _fixture.Network.Nodes.Where(node => !node.IsAuthority).ToDictionary(node => node, node => node.Circuits);
        await using var body = await _fixture.Http.GetStreamAsync(new Uri(_fixture.Site.Clear, $"bytes/{Size}"), _fixture.Limit);
        await body.ReadExactlyAsync(new byte[100_000], _fixture.Limit);

        // The exit is on the path for certain: nobody else may reach the site.
        foreach (var exit in _fixture.Network.Nodes.Where(node => node.IsExit).OrderByDescending(node => node.Circuits).Take(1))
        {
            Assert.Contains(exit, before.Keys);
            await exit.StopAsync();
        }

        var fault = await Record.ExceptionAsync(() => ReadToEndAsync(body));

        for (var i = 0; i < 3; i++)
        {
            await using var next = await _fixture.Http.GetStreamAsync(new Uri(_fixture.Site.Clear, $"bytes/{Size}"), _fixture.Limit);
            Assert.Equal(TestSite.HashOf(Size), await SHA256.HashDataAsync(next, _fixture.Limit));
        }

        // Killed at one exit of two, the download either broke, or ran through the other exit and is whole.
        Assert.True(fault is null or IOException, fault?.ToString());
    }

    [Fact]
    public async Task A_service_replaces_an_introduction_point_that_died()
    {
        var service = _fixture.Site.Service;
        var point = service.IntroductionRelays().First();
        var node = _fixture.Network.Nodes.Single(node => node.Fingerprint == point);

        await node.StopAsync();

        await WaitAsync(() => service.IntroductionRelays() is var now && now.Count == 3 && !now.Contains(point), service);

        // Even before the descriptor with the new points is stored.
        Assert.Equal("hello from an onion", await _fixture.Http.GetStringAsync(_fixture.Site.Onion, _fixture.Limit));
    }

    [Fact]
    public async Task The_network_agrees_without_one_authority()
    {
        var authorities = _fixture.Network.Nodes.Where(node => node.IsAuthority).ToList();
        await authorities[0].StopAsync();

        var left = authorities.Skip(1).Select(node => node.Running.Authority!.Voting).ToList();
        var validAfter = left[0].Schedule.Next(DateTimeOffset.UtcNow);
        var rounds = left.Select(voting => voting.BeginRound(validAfter)).ToList();
        await Task.WhenAll(rounds.Select(round => round.PublishVoteAsync(_fixture.Limit)));
        await Task.WhenAll(rounds.Select(round => round.SignAsync(_fixture.Limit)));
        var consensuses = await Task.WhenAll(left.Zip(rounds, (voting, round) => voting.PublishAsync(round, _fixture.Limit)));

        Assert.All(consensuses, consensus => Assert.Equal(2, consensus.Signatures.Select(signature => signature.Identity).Distinct().Count()));
        await using var newcomer = new OnionHost.Rendezvous.TorClient(_fixture.Network.CreateClientOptions());
        await newcomer.StartAsync(_fixture.Limit);
        await newcomer.WaitUntilReadyAsync(_fixture.Limit);
        await using var stream = await newcomer.ConnectAsync(_fixture.Site.Service.Address.ToString(), 80, null, _fixture.Limit);
    }

    private static async Task ReadToEndAsync(Stream body)
    {
        var buffer = new byte[65_536];
        while (await body.ReadAsync(buffer) > 0)
        {
        }
    }

    private async Task WaitAsync(Func<bool> isDone, OnionHost.Rendezvous.Services.OnionService service)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Look(object? _)
        {
            if (isDone())
            {
                done.TrySetResult();
            }
        }

        service.Changed += Look;
        Look(null);
        await done.Task.WaitAsync(_fixture.Limit);
        service.Changed -= Look;
    }
}
