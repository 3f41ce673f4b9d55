using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using OnionHost.Network.Circuits;
using OnionHost.Network.Paths;
using OnionHost.Network.Streams;
using OnionHost.Network.Tests.Circuits;
using OnionHost.Network.Tests.Streams;
using OnionHost.Protocol.Messages;

namespace OnionHost.Network.Tests.Socks;

/// <summary>Dials hosts of an <see cref="EchoRole"/> over one hop in memory, or fails as a test wants; remembers what it was asked.</summary>
internal sealed class ScriptedDialer : IStreamDialer, IAsyncDisposable
{
    private readonly MemoryNetwork _network = new(relays: 1);
    private readonly Task<ClientCircuit> _circuit;

    public ScriptedDialer()
    {
        _network[0].Roles.Streams.Add(Far);
        _circuit = _network.BuildAsync(hops: 1);
    }

    public EchoRole Far { get; } = new();

    public ConcurrentQueue<StreamTarget> Dialed { get; } = new();

    /// <summary>Thrown instead of connecting.</summary>
    public Exception? Failure { get; set; }

    public Func<string, ResolvedMessage> Resolve { get; set; } = _ => new ResolvedMessage([ResolvedAnswer.FromAddress(IPAddress.Parse("192.0.2.7"), 60)]);

    public async Task<TorStream> DialAsync(StreamTarget target, CancellationToken cancellationToken)
    {
        Dialed.Enqueue(target);
        if (Failure is not null)
        {
            throw Failure;
        }

        if (target.Host == "never")
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        var circuit = await _circuit;
        return await circuit.LastHop.OpenAsync(new BeginMessage(target.Host, (ushort)target.Port, 0), cancellationToken);
    }

    public Task<ResolvedMessage> ResolveAsync(string host, IsolationKey isolation, CancellationToken cancellationToken)
    {
        Dialed.Enqueue(new StreamTarget(host, 0, isolation));
        return Failure is null ? Task.FromResult(Resolve(host)) : throw Failure;
    }

    public async ValueTask DisposeAsync()
    {
        await (await _circuit).DisposeAsync();
        await _network.DisposeAsync();
    }
}
