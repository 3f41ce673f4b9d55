using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using OnionHost.Network.Circuits;
using OnionHost.Network.Relays;
using OnionHost.Network.Streams;
using OnionHost.Network.Tests.Circuits;
using OnionHost.Network.Tests.Streams;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Messages;

namespace OnionHost.Network.Tests.Relays;

public sealed class ExitRoleTests
{
    private static CancellationToken Limit => new CancellationTokenSource(MemoryNetwork.Soon).Token;

    [Fact]
    public async Task Ten_megabytes_go_to_an_echo_server_and_back()
    {
        await using var host = LoopbackHost.Echo();
        await using var network = new MemoryNetwork();
        await using var circuit = await ExitCircuitAsync(network);
        var stream = await circuit.LastHop.OpenAsync(new BeginMessage("127.0.0.1", host.Port, 0), Limit);
        Assert.Equal(IPAddress.Loopback, (await stream.Connected).Address);
        var sent = RandomNumberGenerator.GetBytes(10_000_000);
        var writing = stream.Output.WriteAsync(sent, Limit).AsTask();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var left = sent.Length; left > 0;)
        {
            var read = await stream.Input.ReadAsync(Limit);
            left -= (int)read.Buffer.Length;
            foreach (var segment in read.Buffer)
            {
                hash.AppendData(segment.Span);
            }

            stream.Input.AdvanceTo(read.Buffer.End);
        }

        await writing;
        Assert.Equal(SHA256.HashData(sent), hash.GetHashAndReset());
    }

    [Fact]
    public async Task Two_hundred_connections_at_once()
    {
        var bytes = EchoRole.Bytes(60_000);
        await using var host = LoopbackHost.Source(bytes);
        await using var network = new MemoryNetwork();
        await using var circuit = await ExitCircuitAsync(network);
        await Task.WhenAll(Enumerable.Range(0, 200).Select(async _ =>
        {
            await using var stream = await circuit.LastHop.OpenAsync(new BeginMessage("127.0.0.1", host.Port, 0), Limit);
            var all = new MemoryStream();
            await stream.Input.CopyToAsync(all, Limit);
            Assert.Equal(bytes, all.ToArray());
            Assert.Equal(EndReason.Done, stream.EndReason);
        }));
    }

    [Fact]
    public async Task What_was_written_before_closing_arrives()
    {
        var received = new TaskCompletionSource<int>();
        await using var host = new LoopbackHost(async socket =>
        {
            var (total, buffer) = (0, new byte[8192]);
            int count;
            while ((count = await socket.ReceiveAsync(buffer)) > 0)
            {
                total += count;
            }

            received.SetResult(total);
        });
        await using var network = new MemoryNetwork();
        await using var circuit = await ExitCircuitAsync(network);
        var stream = await circuit.LastHop.OpenAsync(new BeginMessage("127.0.0.1", host.Port, 0), Limit);
        await stream.Output.WriteAsync(new byte[300_000], Limit);
        await stream.DisposeAsync();
        Assert.Equal(300_000, await received.Task.WaitAsync(Limit));
    }

    [Theory]
    [InlineData("accept *:*", true, "127.0.0.1", 1, EndReason.ConnectRefused)]
    [InlineData("accept *:*", false, "127.0.0.1", 80, EndReason.ExitPolicy)]
    [InlineData("reject *:25,accept *:*", true, "127.0.0.1", 25, EndReason.ExitPolicy)]
    [InlineData("accept *:*", true, "nowhere.example", 80, EndReason.ResolveFailed)]
    [InlineData("accept *:*", false, "inside.example", 80, EndReason.ExitPolicy)]
    [InlineData("accept *:*", true, "six.example", 80, EndReason.ResolveFailed)]
    public async Task A_refusal_says_why(string policy, bool allowPrivate, string hostName, int port, EndReason reason)
    {
        await using var network = new MemoryNetwork();
        var options = new ExitOptions(ExitPolicy.Parse(policy))
        {
            AllowPrivateAddresses = allowPrivate,
            Resolver = new FixedResolver(("inside.example", "10.0.0.1"), ("six.example", "2001:db8::1")),
        };
        await using var circuit = await ExitCircuitAsync(network, options);
        var failure = await Assert.ThrowsAsync<StreamException>(
            () => circuit.LastHop.OpenAsync(new BeginMessage(hostName, (ushort)port, 0), Limit));
        Assert.Equal(reason, failure.Reason);
    }

    [Fact]
    public async Task A_malformed_BEGIN_is_refused()
    {
        await using var network = new MemoryNetwork();
        await using var circuit = await ExitCircuitAsync(network);
        foreach (var body in new[] { "host:0\0", "host\0", "host:80", "" })
        {
            var stream = circuit.LastHop.Begin(RelayCommand.Begin, System.Text.Encoding.ASCII.GetBytes(body));
            var failure = await Assert.ThrowsAsync<StreamException>(() => stream.Connected.WaitAsync(Limit));
            Assert.Equal(EndReason.TorProtocol, failure.Reason);
        }
    }

    [Fact]
    public async Task A_reset_by_the_server_arrives_as_one()
    {
        await using var host = new LoopbackHost(async socket =>
        {
            await socket.ReceiveAsync(new byte[1]);
            socket.LingerState = new LingerOption(true, 0);
        });
        await using var network = new MemoryNetwork();
        await using var circuit = await ExitCircuitAsync(network);
        var stream = await circuit.LastHop.OpenAsync(new BeginMessage("127.0.0.1", host.Port, 0), Limit);
        await stream.Output.WriteAsync(new byte[] { 1, 2, 3 }, Limit);
        var failure = await Assert.ThrowsAsync<StreamException>(async () => await stream.Input.ReadAtLeastAsync(1, Limit));
        Assert.Equal(EndReason.ConnReset, failure.Reason);
    }

    [Theory]
    [InlineData("both.example", ResolvedType.IPv4, "192.0.2.1")]
    [InlineData("192.0.2.9", ResolvedType.IPv4, "192.0.2.9")]
    [InlineData("1.2.0.192.in-addr.arpa", ResolvedType.HostName, "both.example")]
    [InlineData("1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", ResolvedType.HostName, "both.example")]
    [InlineData("nowhere.example", ResolvedType.Error, "")]
    [InlineData("7.2.0.192.in-addr.arpa", ResolvedType.Error, "")]
    public async Task Names_are_resolved_at_the_exit(string name, ResolvedType type, string value)
    {
        await using var network = new MemoryNetwork();
        var options = new ExitOptions(ExitPolicy.AcceptAll) { Resolver = new FixedResolver(("both.example", "192.0.2.1"), ("both.example", "2001:db8::1")) };
        await using var circuit = await ExitCircuitAsync(network, options);
        var answer = (await circuit.LastHop.ResolveAsync(name, Limit)).Answers[0];
        Assert.Equal(type, answer.Type);
        Assert.Equal(value, answer.Address?.ToString() ?? answer.HostName ?? string.Empty);
    }

    [Fact]
    public async Task Flags_choose_the_family()
    {
        var addresses = new ExitAddresses(new ExitOptions(ExitPolicy.AcceptAll)
        {
            Resolver = new FixedResolver(("both.example", "192.0.2.1"), ("both.example", "2001:db8::1")),
        });
        async Task<string> First(uint flags) => string.Join(',', await addresses.ResolveAsync(new BeginMessage("both.example", 80, flags), default));
        Assert.Equal("192.0.2.1", await First(0));
        Assert.Equal("192.0.2.1,2001:db8::1", await First(BeginMessage.IPv6Allowed));
        Assert.Equal("2001:db8::1,192.0.2.1", await First(BeginMessage.IPv6Allowed | BeginMessage.IPv6Preferred));
        Assert.Equal("2001:db8::1", await First(BeginMessage.IPv6Allowed | BeginMessage.IPv4Refused));
    }

    [Fact]
    public async Task A_closed_circuit_closes_its_connections()
    {
        var gone = new TaskCompletionSource();
        await using var host = new LoopbackHost(async socket =>
        {
            try
            {
                await socket.ReceiveAsync(new byte[1]);
            }
            finally
            {
                gone.SetResult();
            }
        });
        await using var network = new MemoryNetwork();
        var circuit = await ExitCircuitAsync(network);
        await circuit.LastHop.OpenAsync(new BeginMessage("127.0.0.1", host.Port, 0), Limit);
        circuit.Close();
        await gone.Task.WaitAsync(Limit);
    }

    private static Task<ClientCircuit> ExitCircuitAsync(MemoryNetwork network, ExitOptions? options = null)
    {
        network[2].Roles.Streams.Add(new ExitRole(network.Context, options ?? new ExitOptions(ExitPolicy.AcceptAll) { AllowPrivateAddresses = true }));
        return network.BuildAsync();
    }
}
