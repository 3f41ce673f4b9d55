using System.Collections.Immutable;
using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using OnionHost.Network;
using OnionHost.Network.Circuits;
using OnionHost.Network.Congestion;
using OnionHost.Network.Links;
using OnionHost.Network.Relays;
using OnionHost.Network.Relays.Keys;
using OnionHost.Network.Streams;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Identities;
using OnionHost.Protocol.Messages;

namespace OnionHost.Benchmarks.CellPath;

/// <summary>Three real relays, a client's circuit through them, and a server behind the exit.</summary>
internal sealed class ThreeHops : IAsyncDisposable
{
    private readonly List<Relay> _relays = [];
    private readonly LinkTable _links;
    private readonly BulkServer _server = new();
    private readonly NodeContext _context = new(TimeProvider.System, SystemRandomSource.Instance, NullLoggerFactory.Instance);
    private ClientCircuit _fixed = null!;
    private ClientCircuit _congestion = null!;

    private ThreeHops()
    {
        _links = new LinkTable(_context, new LinkOptions());
    }

    public static async Task<ThreeHops> StartAsync()
    {
        var path = new ThreeHops();
        for (var i = 0; i < 3; i++)
        {
            var options = new RelayOptions(Nickname.Parse($"relay{i}"), new IPEndPoint(IPAddress.Loopback, 0))
            {
                AllowPrivateAddresses = true,
                Policy = ExitPolicy.AcceptAll,
            };
            var relay = new Relay(path._context, options, RelayKeys.Generate(path._context));
            await relay.StartAsync(default);
            path._relays.Add(relay);
        }

        var hops = path._relays.ConvertAll(HopOf);
        path._fixed = await path.BuildAsync(hops);
        path._congestion = await path.BuildAsync([hops[0], hops[1], hops[2] with { Congestion = CongestionParameters.Default }]);
        return path;
    }

    /// <summary>Sends so many bytes.</summary>
    /// <param name="bytes">Over all streams.</param>
    /// <param name="streams">On one circuit.</param>
    /// <param name="isUpload">True from client to server.</param>
    /// <param name="isFixed">True with windows of fixed size, false with congestion control.</param>
    public async Task<Measurement> MeasureAsync(long bytes, int streams, bool isUpload, bool isFixed)
    {
        var circuit = isFixed ? _fixed : _congestion;
        var (cpu, clock, allocated) = (Environment.CpuUsage.TotalTime, Stopwatch.StartNew(), GC.GetTotalAllocatedBytes());
        await Task.WhenAll(Enumerable.Range(0, streams).Select(_ => isUpload ? UploadAsync(circuit, bytes / streams) : DownloadAsync(circuit, bytes / streams)));
        return new Measurement(isFixed ? "fixed" : $"Vegas {((VegasCircuitFlow)circuit.LastHop.Flow).Window.Cells}", bytes / 1e6, clock.Elapsed, Environment.CpuUsage.TotalTime - cpu, GC.GetTotalAllocatedBytes() - allocated);
    }

    public async ValueTask DisposeAsync()
    {
        _fixed.Close();
        _congestion.Close();
        await _links.DisposeAsync();
        foreach (var relay in _relays)
        {
            await relay.DisposeAsync();
        }

        _server.Dispose();
    }

    private static HopTarget HopOf(Relay relay) => new(
        relay.Keys.Fingerprint, relay.Keys.Identity, relay.Keys.NtorKeys.Current.Public,
        [LinkSpecifier.FromEndPoint(relay.OrEndPoint), LinkSpecifier.FromFingerprint(relay.Keys.Fingerprint), LinkSpecifier.FromEd25519(relay.Keys.Identity)]);

    private async Task<ClientCircuit> BuildAsync(IReadOnlyList<HopTarget> hops)
    {
        var circuit = await ClientCircuit.CreateAsync(_context, await _links.GetAsync(hops[0].ToLinkTarget(), default), hops[0], default);
        await circuit.ExtendAsync(hops[1], default);
        await circuit.ExtendAsync(hops[2], default);
        return circuit;
    }

    private async Task DownloadAsync(ClientCircuit circuit, long bytes)
    {
        await using var stream = await OpenAsync(circuit, $"GET {bytes}");
        for (var left = bytes; left > 0;)
        {
            var read = await stream.Input.ReadAsync();
            left -= read.Buffer.Length;
            stream.Input.AdvanceTo(read.Buffer.End);
        }
    }

    private async Task UploadAsync(ClientCircuit circuit, long bytes)
    {
        await using var stream = await OpenAsync(circuit, $"PUT {bytes}");
        for (var left = bytes; left > 0;)
        {
            var memory = stream.Output.GetMemory(16 * 1024);
            var count = (int)Math.Min(left, memory.Length);
            stream.Output.Advance(count);
            await stream.Output.FlushAsync();
            left -= count;
        }

        await stream.Input.ReadAtLeastAsync(1);
    }

    private async Task<TorStream> OpenAsync(ClientCircuit circuit, string request)
    {
        var stream = await circuit.LastHop.OpenAsync(new BeginMessage("127.0.0.1", _server.Port, 0), default);
        await stream.Output.WriteAsync(System.Text.Encoding.ASCII.GetBytes(request.PadRight(32)));
        return stream;
    }
}
