using FsCheck;
using FsCheck.Fluent;
using OnionHost.Protocol;
using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Directory.Consensuses;
using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Identities;
using OnionHost.Protocol.Messages;
using OnionHost.Rendezvous.Introductions;
using OnionHost.Rendezvous.Relays;
using OnionHost.Rendezvous.Tests.Support;
using OnionHost.Tests.Shared;

namespace OnionHost.Rendezvous.Tests.Relays;

public class IntroductionPointsTests
{
    private readonly ScriptedRandom _random = new();
    private readonly ManualTimeProvider _time = new();
    private readonly IntroductionPoints _points;
    private readonly Ed25519KeyPair _key;

    public IntroductionPointsTests()
    {
        _points = new IntroductionPoints(_time, 3);
        _key = Ed25519KeyPair.Generate(_random);
    }

    [Fact]
    public void Introduction_reaches_the_service_unchanged_and_is_acknowledged()
    {
        var service = Establish(_key);
        Assert.Equal((RelayCommand.IntroEstablished, "00"), Shown(service.Sent.Single()));
        var client = new FakeRoleCircuit();
        var body = Introduce1(_key.Public, 250);
        new IntroductionPointSession(_points, client).OnIntroduce(body);
        Assert.Equal(RelayCommand.Introduce2, service.Sent[1].Command);
        Assert.Equal(body, service.Sent[1].Body);
        Assert.Equal((RelayCommand.IntroduceAck, "000000"), Shown(client.Sent.Single()));
    }

    [Fact]
    public void Unknown_malformed_and_overlong_introductions_are_refused()
    {
        Establish(_key);
        using var other = Ed25519KeyPair.Generate(_random);
        Assert.Equal(IntroduceAckMessage.UnknownService, Status(Introduce1(other.Public, 250)));
        Assert.Equal(IntroduceAckMessage.BadFormat, Status(Introduce1(_key.Public, 250)[..60]));
        Assert.Equal(IntroduceAckMessage.BadFormat, Status([1, .. Introduce1(_key.Public, 250)[1..]]));
        Assert.Equal(IntroduceAckMessage.Success, Status(Introduce1(_key.Public, 370)));
        Assert.Equal(IntroduceAckMessage.CannotRelay, Status(Introduce1(_key.Public, 371)));
    }

    [Fact]
    public void Random_bytes_are_only_ever_refused()
    {
        Establish(_key);
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes =>
        {
            Assert.NotEqual(IntroduceAckMessage.Success, Status(bytes));
            Assert.Throws<ProtocolException>(() => new IntroductionPointSession(_points, new FakeRoleCircuit()).OnEstablish(bytes));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Circuit_carries_one_introduction()
    {
        Establish(_key);
        var session = new IntroductionPointSession(_points, new FakeRoleCircuit());
        session.OnIntroduce(Introduce1(_key.Public, 250));
        Assert.Throws<ProtocolException>(() => session.OnIntroduce(Introduce1(_key.Public, 250)));
    }

    [Fact]
    public void Circuit_of_one_hop_introduces_nobody()
    {
        Establish(_key);
        var session = new IntroductionPointSession(_points, new FakeRoleCircuit { IsFromClient = true });
        Assert.Throws<ProtocolException>(() => session.OnIntroduce(Introduce1(_key.Public, 250)));
    }

    [Fact]
    public void Service_circuit_is_used_for_nothing_else()
    {
        var circuit = new FakeRoleCircuit();
        var session = new IntroductionPointSession(_points, circuit);
        session.OnEstablish(EstablishIntroduction.Create(_key, circuit.Binding.Span, []));
        Assert.Throws<ProtocolException>(() => session.OnEstablish(EstablishIntroduction.Create(_key, circuit.Binding.Span, [])));
        Assert.Throws<ProtocolException>(() => session.OnIntroduce(Introduce1(_key.Public, 250)));
        var passing = new IntroductionPointSession(_points, new FakeRoleCircuit { HasNext = true });
        Assert.Throws<ProtocolException>(() => passing.OnEstablish(EstablishIntroduction.Create(_key, circuit.Binding.Span, [])));
    }

    [Fact]
    public void Newer_circuit_of_the_same_key_takes_over()
    {
        var (older, olderSession) = EstablishSession(_key);
        var (newer, _) = EstablishSession(_key);
        Assert.Equal(DestroyReason.Finished, older.Closed);
        olderSession.OnClosed();
        Assert.Equal(IntroduceAckMessage.Success, Status(Introduce1(_key.Public, 250)));
        Assert.Equal(2, newer.Sent.Count);
    }

    [Fact]
    public void Closed_circuit_is_forgotten()
    {
        var (_, session) = EstablishSession(_key);
        session.OnClosed();
        Assert.Equal(0, _points.Count);
        Assert.Equal(IntroduceAckMessage.UnknownService, Status(Introduce1(_key.Public, 250)));
    }

    [Fact]
    public void Table_is_bounded()
    {
        for (var i = 0; i < 3; i++)
        {
            Establish(Ed25519KeyPair.Generate(_random));
        }

        Assert.Equal(DestroyReason.ResourceLimit, Establish(_key).Closed);
        Assert.Equal(3, _points.Count);
    }

    [Fact]
    public void Limit_that_the_service_asked_for_holds()
    {
        byte[] limit = [2, 1, .. Number(10), 2, .. Number(20)];
        var circuit = new FakeRoleCircuit();
        new IntroductionPointSession(_points, circuit).OnEstablish(
            EstablishIntroduction.Create(_key, circuit.Binding.Span, [new IntroduceExtension(1, limit)]));
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(IntroduceAckMessage.Success, Status(Introduce1(_key.Public, 250)));
        }

        Assert.Equal(IntroduceAckMessage.CannotRelay, Status(Introduce1(_key.Public, 250)));
        _time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal(IntroduceAckMessage.Success, Status(Introduce1(_key.Public, 250)));
        Assert.Equal(IntroduceAckMessage.CannotRelay, Status(Introduce1(_key.Public, 250)));
    }

    [Fact]
    public void Consensus_limits_whoever_asks_for_nothing()
    {
        _points.DefaultLimit = IntroductionLimit.Of(NetworkParameters.From(
            [new("HiddenServiceEnableIntroDoSDefense", 1), new("HiddenServiceEnableIntroDoSRatePerSec", 1), new("HiddenServiceEnableIntroDoSBurstPerSec", 1)]));
        Establish(_key);
        Assert.Equal(IntroduceAckMessage.Success, Status(Introduce1(_key.Public, 250)));
        Assert.Equal(IntroduceAckMessage.CannotRelay, Status(Introduce1(_key.Public, 250)));
        _points.DefaultLimit = IntroductionLimit.Of(NetworkParameters.Empty);
        Assert.Equal(IntroduceAckMessage.Success, Status(Introduce1(_key.Public, 250)));
        Assert.Equal(IntroduceAckMessage.Success, Status(Introduce1(_key.Public, 250)));
    }

    [Fact]
    public void Limits_that_make_no_sense_are_no_limits()
    {
        Assert.True(IntroductionLimit.TryRead([new IntroduceExtension(1, (byte[])[2, 1, .. Number(0), 2, .. Number(0)])], out var none));
        Assert.Null(none);
        Assert.True(IntroductionLimit.TryRead([new IntroduceExtension(1, (byte[])[2, 1, .. Number(20), 2, .. Number(10)])], out none));
        Assert.Null(none);
        Assert.False(IntroductionLimit.TryRead([new IntroduceExtension(9, (byte[])[1])], out _));
        Assert.False(IntroductionLimit.TryRead([new IntroduceExtension(1, (byte[])[2, 1, 0])], out _));
    }

    private static byte[] Number(ulong value)
    {
        var bytes = BitConverter.GetBytes(value);
        Array.Reverse(bytes);
        return bytes;
    }

    private static (RelayCommand Command, string Body) Shown((RelayCommand Command, byte[] Body) message) =>
        (message.Command, Convert.ToHexString(message.Body));

    private byte[] Introduce1(Ed25519Identity key, int encrypted)
    {
        var message = new Introduce1Message(key, [], new Curve25519PublicKey(_random.Bytes(32)), _random.Bytes(encrypted), _random.Bytes(32));
        var buffer = new byte[600];
        var writer = new SpanWriter(buffer);
        message.Write(ref writer);
        return writer.Written.ToArray();
    }

    private FakeRoleCircuit Establish(Ed25519KeyPair key) => EstablishSession(key).Circuit;

    private (FakeRoleCircuit Circuit, IntroductionPointSession Session) EstablishSession(Ed25519KeyPair key)
    {
        var circuit = new FakeRoleCircuit();
        var session = new IntroductionPointSession(_points, circuit);
        session.OnEstablish(EstablishIntroduction.Create(key, circuit.Binding.Span, []));
        return (circuit, session);
    }

    private ushort Status(byte[] introduce1)
    {
        var client = new FakeRoleCircuit();
        new IntroductionPointSession(_points, client).OnIntroduce(introduce1);
        var reader = new SpanReader(client.Sent.Single().Body);
        return IntroduceAckMessage.Read(ref reader).Status;
    }
}
