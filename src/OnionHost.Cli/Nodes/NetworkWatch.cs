using System.Net.Sockets;
using OnionHost.Cli.Networks;
using OnionHost.Network;
using OnionHost.Protocol;

namespace OnionHost.Cli.Nodes;

/// <summary>
/// Waits for a node to be ready, and gives up with a reason when that cannot happen: too few authorities answer, or the clock is
/// off. An unfinished network, whose authorities have yet to agree, is waited for.
/// </summary>
/// <param name="session">The command.</param>
/// <param name="network">Whose authorities.</param>
/// <param name="patience">How long nothing is given up; zero for ever.</param>
internal sealed class NetworkWatch(ToolSession session, NetworkChoice network, TimeSpan patience)
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Waits.</summary>
    /// <param name="ready">Completes when the node is ready.</param>
    /// <param name="problem">What holds it up, as far as the node knows.</param>
    /// <param name="stop">Gives up.</param>
    /// <exception cref="TorException">It cannot become ready; the message says why.</exception>
    public async Task WaitAsync(Task ready, Func<TorException?> problem, CancellationToken stop)
    {
        while (patience > TimeSpan.Zero && !await EndsAsync(ready, stop))
        {
            if (problem() is { Cause: TorCause.ClockOff } clock)
            {
                throw clock;
            }

            // Nobody asks the public network's authorities without need.
            if (!network.IsPublic && await CheckMajorityAsync(stop) is { } fault)
            {
                throw fault;
            }

            session.Events.Tell("waiting", $"Still waiting: {problem()?.Message ?? "the network is not known yet."}", ("problem", problem()?.Message));
        }

        await ready.WaitAsync(stop);
    }

    /// <summary>Looks whether more than half of the authorities accept connections; what is wrong if not.</summary>
    public async Task<TorException?> CheckMajorityAsync(CancellationToken stop)
    {
        var authorities = network.Description.Authorities;
        var answers = await Task.WhenAll(authorities.Select(authority => AnswersAsync(authority, stop)));
        var silent = authorities.Where((_, i) => !answers[i]).Select(authority => authority.Nickname.ToString()).ToList();
        return (authorities.Count - silent.Count) * 2 > authorities.Count ? null : new TorException(
            TorErrorKind.Network,
            $"--network: {authorities.Count - silent.Count} of the network's {authorities.Count} authorities accept connections, and more than half are needed. "
            + $"Not reached: {string.Join(", ", silent)}. Start them, or correct their addresses in {network.Name}.",
            isTransient: true)
        {
            Cause = TorCause.NoMajority,
        };
    }

    private async Task<bool> EndsAsync(Task ready, CancellationToken stop)
    {
        await Task.WhenAny(ready, Task.Delay(patience, session.Tool.Time, stop));
        stop.ThrowIfCancellationRequested();
        return ready.IsCompleted;
    }

    private async Task<bool> AnswersAsync(DirectoryAuthority authority, CancellationToken stop)
    {
        using var timer = new CancellationTokenSource(ConnectTimeout, session.Tool.Time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, stop);
        try
        {
            using var socket = new Socket(authority.OrPort.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(authority.OrPort, limit.Token);
            return true;
        }
        catch (Exception fault) when (fault is SocketException or OperationCanceledException)
        {
            stop.ThrowIfCancellationRequested();
            return false;
        }
    }
}
