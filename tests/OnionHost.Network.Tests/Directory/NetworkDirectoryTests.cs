using OnionHost.Network.Directory;
using OnionHost.Protocol;
using OnionHost.Protocol.Directory;
using OnionHost.Tests.Shared;

namespace OnionHost.Network.Tests.Directory;

public sealed class NetworkDirectoryTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ManualTimeProvider _clock = new();
    private readonly SmallNetwork _network;
    private readonly DirectoryInfo _folder = System.IO.Directory.CreateTempSubdirectory("onionhost-test-");

    public NetworkDirectoryTests()
    {
        _network = new SmallNetwork(_clock);
    }

    private DateTimeOffset Now => _clock.GetUtcNow();

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Bootstraps_from_certificates_over_consensus_to_relays()
    {
        var relays = SmallNetwork.MakeRelays(200);
        _network.Publish(Now, relays);
        await using var directory = Make();
        var progress = new List<BootstrapProgress>();
        directory.ProgressChanged += progress.Add;
        Assert.Null(directory.Current);

        directory.Start();
        var view = await directory.WaitAsync(CancellationToken.None).WaitAsync(Patience);

        Assert.Equal(200, view.Relays.Count);
        Assert.True(view.HasEnough);
        Assert.Same(view, directory.Current);
        Assert.Equal(relays[7].Micro.OnionKey, view.Find(relays[7].Relay.Fingerprint)!.OnionKey);
        Assert.Same(view.Find(relays[7].Relay.Fingerprint), view.Find(relays[7].Micro.Identity!.Value));
        Assert.Equal(
            [BootstrapPhase.Certificates, BootstrapPhase.Consensus, BootstrapPhase.Descriptors, BootstrapPhase.Ready],
            progress.Select(p => p.Phase).Distinct());
        Assert.True(progress.Select(p => p.Percent).SequenceEqual(progress.Select(p => p.Percent).Order()));
        Assert.StartsWith("/tor/keys/fp/", _network.Requests[0], StringComparison.Ordinal);
        Assert.StartsWith("/tor/status-vote/current/consensus-microdesc/", _network.Requests[1], StringComparison.Ordinal);
        Assert.Equal(3, _network.Requests.Count(r => r.StartsWith("/tor/micro/d/", StringComparison.Ordinal)));
        Assert.Equal(5, _network.Requests.Count);
    }

    [Fact]
    public void Hops_name_the_relay_by_address_and_identities()
    {
        var (relay, micro) = SmallNetwork.MakeRelays(1)[0];
        var node = new RelayNode(relay, micro);
        var hop = node.ToHop();
        Assert.Equal(new byte[] { 0, 2, 3 }, hop.Specifiers.Select(s => s.Type));
        Assert.Equal((relay.Fingerprint, micro.Identity, micro.OnionKey), (hop.Fingerprint, hop.Identity, hop.OnionKey));
        Assert.Equal(node.Addresses, node.ToLinkTarget().Addresses);
        var disputed = new RelayNode(relay with { Flags = relay.Flags | RelayFlags.NoEdConsensus }, micro);
        Assert.Null(disputed.ToHop().Identity);
    }

    [Theory]
    [InlineData(1, "of 1 of the 3")]
    [InlineData(0, "another network")]
    public async Task A_consensus_that_too_few_signed_is_refused(int signers, string words)
    {
        // The directory would not serve it either, so it is put before it.
        var consensus = signers == 0
            ? new SmallNetwork(_clock).MakeConsensus(Now, SmallNetwork.MakeRelays(5).Select(r => r.Relay))
            : _network.MakeConsensus(Now, SmallNetwork.MakeRelays(5).Select(r => r.Relay), signers: signers);
        _network.Intercept = path => path.Contains("consensus", StringComparison.Ordinal) ? DirectoryResponse.Ok(consensus.Document) : null;
        await using var directory = Make();
        var fault = await Assert.ThrowsAsync<TorException>(() => directory.RefreshAsync(CancellationToken.None));
        Assert.Contains(words, fault.Message, StringComparison.Ordinal);
        Assert.Equal((TorErrorKind.Network, true), (fault.Kind, fault.IsTransient));
        Assert.Same(fault, directory.Progress.Problem);
        Assert.Null(directory.Current);
    }

    [Fact]
    public async Task Two_of_three_signatures_suffice()
    {
        _network.Publish(Now, SmallNetwork.MakeRelays(5), signers: 2);
        await using var directory = Make();
        await directory.RefreshAsync(CancellationToken.None);
        Assert.NotNull(directory.Current);
    }

    [Fact]
    public async Task A_clock_that_is_behind_is_named()
    {
        var consensus = _network.Publish(Now.AddDays(5), SmallNetwork.MakeRelays(5));

        // The directory's own clock is right, so it serves what to us is from the future.
        _network.Intercept = path => path.Contains("/consensus", StringComparison.Ordinal) ? DirectoryResponse.Ok(consensus.Document) : null;
        await using var directory = Make();
        var fault = await Assert.ThrowsAsync<TorException>(() => directory.RefreshAsync(CancellationToken.None));
        Assert.Contains("5 days behind", fault.Message, StringComparison.Ordinal);
        Assert.Equal(TorErrorKind.Local, fault.Kind);
    }

    [Theory]
    [InlineData(true, "3 days ahead")]
    [InlineData(false, "ended at 2026-11-19 15:00:00Z")]
    public async Task A_consensus_of_long_ago_is_refused(bool hasDate, string words)
    {
        var consensus = _network.MakeConsensus(Now.AddDays(-3), SmallNetwork.MakeRelays(5).Select(r => r.Relay));
        _network.Intercept = path => path.Contains("consensus", StringComparison.Ordinal) ? DirectoryResponse.Ok(consensus.Document) : null;
        _network.Date = hasDate ? Now.AddDays(-3) : null;
        await using var directory = Make();
        var fault = await Assert.ThrowsAsync<TorException>(() => directory.RefreshAsync(CancellationToken.None));
        Assert.Contains(words, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Certificates_that_look_expired_tell_of_a_wrong_clock()
    {
        _network.Publish(Now, SmallNetwork.MakeRelays(5));
        _network.Date = Now;
        _clock.Advance(TimeSpan.FromHours(20));
        await using (var tolerant = Make())
        {
            await tolerant.RefreshAsync(CancellationToken.None);
        }

        _clock.Advance(TimeSpan.FromDays(100));
        await using var directory = Make();
        var fault = await Assert.ThrowsAsync<TorException>(() => directory.RefreshAsync(CancellationToken.None));
        Assert.Contains("clock", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_few_relays_are_named()
    {
        _network.Publish(Now, SmallNetwork.MakeRelays(2));
        await using var directory = Make();
        var fault = await Assert.ThrowsAsync<TorException>(() => directory.RefreshAsync(CancellationToken.None));
        Assert.Contains("lists 2 usable relays, and at least 3 are needed", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missing_microdescriptors_are_asked_for_again_without_a_new_consensus()
    {
        var relays = SmallNetwork.MakeRelays(10);
        _network.Publish(Now, relays);
        _network.Intercept = path => path.StartsWith("/tor/micro/", StringComparison.Ordinal) ? Micros(relays.Take(5)) : null;
        await using var directory = Make();
        var fault = await Assert.ThrowsAsync<TorException>(() => directory.RefreshAsync(CancellationToken.None));
        Assert.Contains("Only 5 of the 10 relays", fault.Message, StringComparison.Ordinal);

        _network.Intercept = path => path.StartsWith("/tor/micro/", StringComparison.Ordinal) ? Micros(relays.Take(9)) : null;
        await directory.RefreshAsync(CancellationToken.None);
        Assert.Equal(9, directory.Current!.Relays.Count);
        Assert.Null(directory.Progress.Problem);
        Assert.True(directory.NextUpdate < Now + TimeSpan.FromMinutes(1), "the last one should be asked for soon");
        Assert.Single(_network.Requests, r => r.Contains("consensus", StringComparison.Ordinal));

        _network.Intercept = null;
        await directory.RefreshAsync(CancellationToken.None);
        Assert.Equal(10, directory.Current.Relays.Count);
    }

    [Fact]
    public async Task Microdescriptors_that_nobody_asked_for_are_dropped()
    {
        var relays = SmallNetwork.MakeRelays(5);
        _network.Publish(Now, relays);
        _network.Intercept = path => path.StartsWith("/tor/micro/", StringComparison.Ordinal) ? Micros(relays.Concat(SmallNetwork.MakeRelays(3))) : null;
        await using var directory = Make();
        await directory.RefreshAsync(CancellationToken.None);
        Assert.Equal(5, directory.Store.Microdescriptors.Count());
    }

    [Theory]
    [InlineData("")]
    [InlineData("network-status-version 3 microdesc\n")]
    [InlineData("\0\0\0")]
    public async Task Malformed_answers_are_failures_like_others(string body)
    {
        _network.Intercept = path => path.Contains("consensus", StringComparison.Ordinal) ? DirectoryResponse.Ok(body) : null;
        await using var directory = Make();
        await Assert.ThrowsAsync<ProtocolException>(() => directory.RefreshAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_directory_that_breaks_off_is_a_transient_failure()
    {
        _network.Intercept = _ => throw new IOException("broken");
        await using var directory = Make();
        var fault = await Assert.ThrowsAsync<TorException>(() => directory.RefreshAsync(CancellationToken.None));
        Assert.True(fault.IsTransient);
    }

    [Fact]
    public async Task Clients_renew_when_three_quarters_of_an_interval_have_passed_after_it_was_fresh()
    {
        var relays = SmallNetwork.MakeRelays(5);
        var first = _network.Publish(Now, relays);
        await using var directory = Make();
        directory.Start();
        await directory.WaitAsync(CancellationToken.None).WaitAsync(Patience);
        var second = _network.Publish(Now + SmallNetwork.Interval, relays);

        var changed = NextChange(directory);
        await AdvanceUntilAsync(changed);

        Assert.Equal(second.ValidAfter, (await changed).ValidAfter);
        Assert.InRange(Now, first.FreshUntil + (SmallNetwork.Interval * 0.75), first.ValidUntil);
    }

    [Fact]
    public async Task Networks_of_ten_seconds_renew_again_and_again()
    {
        var relays = SmallNetwork.MakeRelays(5);
        var interval = TimeSpan.FromSeconds(10);
        _network.Publish(Now, relays, interval);
        await using var directory = Make();
        directory.Start();
        await directory.WaitAsync(CancellationToken.None).WaitAsync(Patience);
        for (var round = 0; round < 5; round++)
        {
            var next = _network.Publish(directory.Current!.Consensus.FreshUntil, relays, interval);
            var changed = NextChange(directory);
            await AdvanceUntilAsync(changed);
            Assert.Equal(next.ValidAfter, (await changed).ValidAfter);
            Assert.InRange(Now, next.ValidAfter, next.ValidUntil);
        }
    }

    [Fact]
    public async Task A_network_without_consensus_is_asked_until_it_has_one()
    {
        await using var directory = Make();
        directory.Start();
        var ready = directory.WaitAsync(CancellationToken.None);
        for (var i = 0; i < 8; i++)
        {
            await AdvanceOnceAsync();
        }

        Assert.Contains("404", directory.Progress.Problem!.Message, StringComparison.Ordinal);
        _network.Publish(Now, SmallNetwork.MakeRelays(5));
        await AdvanceUntilAsync(ready);
        Assert.Equal((BootstrapPhase.Ready, 100), (directory.Progress.Phase, directory.Progress.Percent));
        Assert.Null(directory.Progress.Problem);
    }

    [Fact]
    public async Task A_view_that_ended_a_day_ago_is_no_longer_current()
    {
        _network.Publish(Now, SmallNetwork.MakeRelays(5));
        await using var directory = Make();
        await directory.RefreshAsync(CancellationToken.None);
        _clock.Advance(TimeSpan.FromHours(26));
        Assert.NotNull(directory.Current);
        _clock.Advance(TimeSpan.FromHours(2));
        Assert.Null(directory.Current);
    }

    [Fact]
    public async Task What_was_stored_is_used_at_the_next_start()
    {
        _network.Publish(Now, SmallNetwork.MakeRelays(5));
        await using (var first = Make(keeps: true))
        {
            await first.RefreshAsync(CancellationToken.None);
        }

        Assert.Empty(_folder.GetFiles("*.tmp"));
        _network.Intercept = _ => DirectoryResponse.Unavailable();
        var asked = _network.Requests.Count;
        await using var second = Make(keeps: true);
        second.Start();
        var view = await second.WaitAsync(CancellationToken.None).WaitAsync(Patience);
        Assert.Equal(5, view.Relays.Count);
        Assert.Equal(asked, _network.Requests.Count);
    }

    [Fact]
    public async Task Networks_of_short_intervals_are_asked_again_at_the_next_start()
    {
        var relays = SmallNetwork.MakeRelays(5);
        _network.Publish(Now, relays, TimeSpan.FromSeconds(10));
        await using (var first = Make(keeps: true))
        {
            await first.RefreshAsync(CancellationToken.None);
        }

        _clock.Advance(TimeSpan.FromSeconds(10));
        var newer = _network.Publish(Now, relays, TimeSpan.FromSeconds(10));
        await using var second = Make(keeps: true);
        var changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        second.Changed += view =>
        {
            if (view.ValidAfter == newer.ValidAfter)
            {
                changed.TrySetResult();
            }
        };
        second.Start();
        await changed.Task.WaitAsync(Patience);
    }

    [Fact]
    public async Task What_was_stored_for_other_authorities_is_ignored()
    {
        _network.Publish(Now, SmallNetwork.MakeRelays(5));
        await using (var first = Make(keeps: true))
        {
            await first.RefreshAsync(CancellationToken.None);
        }

        var other = new SmallNetwork(_clock);
        await using var second = new NetworkDirectory(
            other.Context, new NetworkDirectoryOptions { Authorities = other.Authorities, DataDirectory = _folder.FullName }, other);
        await Assert.ThrowsAsync<TorException>(() => second.RefreshAsync(CancellationToken.None));
        Assert.Null(second.Current);
    }

    [Fact]
    public async Task Damaged_files_do_no_harm()
    {
        _network.Publish(Now, SmallNetwork.MakeRelays(5));
        await using (var first = Make(keeps: true))
        {
            await first.RefreshAsync(CancellationToken.None);
        }

        foreach (var file in _folder.GetFiles())
        {
            var bytes = await File.ReadAllBytesAsync(file.FullName);
            bytes[bytes.Length / 2] ^= 0xff;
            await File.WriteAllBytesAsync(file.FullName, bytes[..(bytes.Length - 10)]);
        }

        await using var second = Make(keeps: true);
        await second.RefreshAsync(CancellationToken.None);
        Assert.Equal(5, second.Current!.Relays.Count);
    }

    private static DirectoryResponse Micros(IEnumerable<(Protocol.Directory.Consensuses.ConsensusRelay Relay, Microdescriptor Micro)> relays) =>
        DirectoryResponse.Ok(relays.SelectMany(r => r.Micro.Bytes.ToArray()).ToArray());

    private static Task<NetworkView> NextChange(NetworkDirectory directory)
    {
        var changed = new TaskCompletionSource<NetworkView>(TaskCreationOptions.RunContinuationsAsynchronously);
        directory.Changed += view => changed.TrySetResult(view);
        return changed.Task;
    }

    private NetworkDirectory Make(bool keeps = false) => _network.MakeDirectory(keeps ? _folder.FullName : null);

    private async Task AdvanceUntilAsync(Task task)
    {
        while (!task.IsCompleted)
        {
            await AdvanceOnceAsync(task);
        }
    }

    // The loop sleeps on the clock when it has nothing to do: then the clock may go on to where it wakes.
    private async Task AdvanceOnceAsync(Task? until = null)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (until?.IsCompleted != true)
        {
            patience.Token.ThrowIfCancellationRequested();
            if (_clock.NextDue is { } due)
            {
                _clock.AdvanceTo(due);
                return;
            }

            await Task.Yield();
        }
    }
}
