using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using OnionHost.Network.Relays;
using OnionHost.Protocol.Identities;
using OnionHost.Protocol.Messages;

namespace OnionHost.Network.Tests.Relays;

public sealed class RelayMetricsTests
{
    private const string Name = "measured";

    [Fact]
    public async Task A_relay_counts_what_it_carries_and_names_nobody()
    {
        await using var network = await RelayNetwork.StartAsync(1, o => o with { Nickname = Nickname.Parse(Name) });
        await using var echo = LoopbackHost.Echo();
        using var limit = new CancellationTokenSource(RelayNetwork.Soon);
        var circuit = await network.BuildAsync(0);
        await using var stream = await circuit.LastHop.OpenAsync(new BeginMessage("127.0.0.1", echo.Port, 0), limit.Token);
        await stream.Output.WriteAsync(new byte[5000], limit.Token);
        for (var left = 5000; left > 0;)
        {
            var read = await stream.Input.ReadAsync(limit.Token);
            left -= (int)read.Buffer.Length;
            stream.Input.AdvanceTo(read.Buffer.End);
        }

        var values = Read();
        Assert.True(values["onionhost.relay.io receive"] >= 2 * 5000);
        Assert.True(values["onionhost.relay.io transmit"] >= 2 * 5000);
        Assert.True(values["onionhost.relay.cells receive"] >= 12);
        Assert.True(values["onionhost.relay.cells transmit"] >= 12);
        Assert.Equal((1, 0), (values["onionhost.relay.links client"], values["onionhost.relay.links relay"]));
        Assert.Equal(1, values["onionhost.relay.circuits "]);
        Assert.Equal((1, 0), (values["onionhost.relay.onionskins answered"], values["onionhost.relay.onionskins dropped"]));
        Assert.All(["connection", "circuit", "stream"], kind => Assert.Equal(0, values[$"onionhost.relay.refused {kind}"]));

        await circuit.DisposeAsync();
        while (Read()["onionhost.relay.circuits "] != 0)
        {
            await Task.Delay(5, limit.Token);
        }

        await network.Relays[0].DisposeAsync();
        Assert.Empty(Read());
    }

    /// <summary>All instruments of our relay, by name and the value of their only tag.</summary>
    private static ConcurrentDictionary<string, long> Read()
    {
        var values = new ConcurrentDictionary<string, long>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, own) =>
        {
            if (instrument.Meter.Name == RelayMetrics.MeterName && instrument.Meter.Tags!.Single().Value is Name)
            {
                own.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.Start();
        listener.RecordObservableInstruments();
        return values;

        void Note(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            Assert.InRange(tags.Length, 0, 1);
            values[$"{instrument.Name} {(tags.IsEmpty ? null : tags[0].Value)}"] = value;
        }
    }
}
