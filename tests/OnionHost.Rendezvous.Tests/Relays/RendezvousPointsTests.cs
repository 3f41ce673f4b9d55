using FsCheck;
using FsCheck.Fluent;
using OnionHost.Protocol;
using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Messages;
using OnionHost.Rendezvous.Relays;
using OnionHost.Rendezvous.Tests.Support;
using OnionHost.Protocol.Cryptography;

namespace OnionHost.Rendezvous.Tests.Relays;

public class RendezvousPointsTests
{
    private readonly ScriptedRandom _random = new();
    private readonly RendezvousPoints _points = new(2);

    [Fact]
    public void Service_is_joined_to_the_client_that_waits()
    {
        var (client, service) = (new FakeRoleCircuit(), new FakeRoleCircuit());
        var (cookie, handshake) = (_random.Bytes(20), _random.Bytes(148));
        new RendezvousPointSession(_points, client).OnEstablish(cookie);
        Assert.Equal(RelayCommand.RendezvousEstablished, client.Sent.Single().Command);
        new RendezvousPointSession(_points, service).OnJoin([.. cookie, .. handshake]);
        Assert.Equal(RelayCommand.Rendezvous2, client.Sent[1].Command);
        Assert.Equal(handshake, client.Sent[1].Body);
        Assert.Same(service, client.JoinedTo);
        Assert.Equal(0, _points.Count);
    }

    [Fact]
    public void Cookie_is_used_once()
    {
        var cookie = _random.Bytes(20);
        new RendezvousPointSession(_points, new FakeRoleCircuit()).OnEstablish(cookie);
        Assert.Throws<ProtocolException>(() => new RendezvousPointSession(_points, new FakeRoleCircuit()).OnEstablish(cookie));
        new RendezvousPointSession(_points, new FakeRoleCircuit()).OnJoin([.. cookie, .. new byte[64]]);
        Assert.Throws<ProtocolException>(() => new RendezvousPointSession(_points, new FakeRoleCircuit()).OnJoin([.. cookie, .. new byte[64]]));
    }

    [Fact]
    public void Client_that_is_gone_is_forgotten()
    {
        var session = new RendezvousPointSession(_points, new FakeRoleCircuit());
        var cookie = _random.Bytes(20);
        session.OnEstablish(cookie);
        session.OnClosed();
        Assert.Equal(0, _points.Count);
        Assert.Throws<ProtocolException>(() => new RendezvousPointSession(_points, new FakeRoleCircuit()).OnJoin([.. cookie, .. new byte[64]]));
    }

    [Fact]
    public void Circuit_has_one_purpose()
    {
        var session = new RendezvousPointSession(_points, new FakeRoleCircuit());
        session.OnEstablish(_random.Bytes(20));
        Assert.Throws<ProtocolException>(() => session.OnEstablish(_random.Bytes(20)));
        Assert.Throws<ProtocolException>(() => session.OnJoin(_random.Bytes(84)));
        Assert.Throws<ProtocolException>(
            () => new RendezvousPointSession(_points, new FakeRoleCircuit { HasNext = true }).OnEstablish(_random.Bytes(20)));
        Assert.Throws<ProtocolException>(
            () => new RendezvousPointSession(_points, new FakeRoleCircuit { IsFromClient = true }).OnEstablish(_random.Bytes(20)));
    }

    [Fact]
    public void Table_is_bounded()
    {
        for (var i = 0; i < 2; i++)
        {
            new RendezvousPointSession(_points, new FakeRoleCircuit()).OnEstablish(_random.Bytes(20));
        }

        var late = new FakeRoleCircuit();
        new RendezvousPointSession(_points, late).OnEstablish(_random.Bytes(20));
        Assert.Equal(DestroyReason.ResourceLimit, late.Closed);
        Assert.Equal(2, _points.Count);
    }

    [Fact]
    public void Random_bytes_join_nobody() => Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes =>
    {
        Assert.Throws<ProtocolException>(() => new RendezvousPointSession(_points, new FakeRoleCircuit()).OnJoin(bytes));
        if (bytes.Length < 20)
        {
            Assert.Throws<ProtocolException>(() => new RendezvousPointSession(_points, new FakeRoleCircuit()).OnEstablish(bytes));
        }
    }).QuickCheckThrowOnFailure();
}
