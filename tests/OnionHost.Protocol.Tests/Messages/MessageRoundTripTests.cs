using System.Collections.Immutable;
using System.Net;
using FsCheck;
using FsCheck.Fluent;
using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Handshakes;
using OnionHost.Protocol.Identities;
using OnionHost.Protocol.Messages;

namespace OnionHost.Protocol.Tests.Messages;

public sealed class MessageRoundTripTests
{
    private static readonly byte[] Bytes32 = Enumerable.Range(1, 32).Select(i => (byte)i).ToArray();
    private static readonly Dictionary<string, Sample> Samples = All().ToDictionary(s => s.Name);

    public static TheoryData<string> Names() => new(Samples.Keys);

    [Theory]
    [MemberData(nameof(Names))]
    public void Reading_what_was_written_gives_the_same_bytes(string name)
    {
        var sample = Samples[name];

        Assert.Equal(sample.Bytes, sample.Reread(sample.Bytes));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_message_cut_anywhere_throws_nothing_but_a_protocol_exception(string name)
    {
        var sample = Samples[name];
        for (var length = 0; length < sample.Bytes.Length; length++)
        {
            AssertBounded(sample, sample.Bytes[..length]);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Random_bytes_throw_nothing_but_a_protocol_exception(string name)
    {
        var sample = Samples[name];
        Prop.ForAll<byte[]>(bytes => AssertBounded(sample, bytes)).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void One_changed_byte_throws_nothing_but_a_protocol_exception(string name)
    {
        var sample = Samples[name];
        for (var i = 0; i < sample.Bytes.Length; i++)
        {
            foreach (var value in (byte[])[0, 1, 0x7f, 0xff])
            {
                var changed = sample.Bytes.ToArray();
                changed[i] = value;
                AssertBounded(sample, changed);
            }
        }
    }

    private static void AssertBounded(Sample sample, byte[] bytes)
    {
        try
        {
            sample.Reread(bytes);
        }
        catch (ProtocolException)
        {
        }
    }

    private static IEnumerable<Sample> All()
    {
        var key = new Ed25519Identity(Bytes32);
        var onionKey = new Curve25519PublicKey(Bytes32);
        var cookie = Bytes32.AsMemory(0, 20);
        ImmutableArray<IntroduceExtension> extensions = [new(1, Bytes32), new(9, default)];
        ImmutableArray<LinkSpecifier> specifiers =
        [
            LinkSpecifier.FromEndPoint(new IPEndPoint(IPAddress.Parse("192.0.2.7"), 9001)),
            LinkSpecifier.FromFingerprint(new RelayFingerprint(cookie.Span)),
            LinkSpecifier.FromEd25519(key),
            LinkSpecifier.FromEndPoint(new IPEndPoint(IPAddress.Parse("2001:db8::1"), 443)),
            new(77, Bytes32),
        ];

        yield return Of(new VersionsCell([3, 4, 5]), VersionsCell.Read, (v, ref w) => v.Write(ref w));
        yield return Of(new CertsCell([new(4, Bytes32), new(7, default)]), CertsCell.Read, (v, ref w) => v.Write(ref w));
        yield return Of(new AuthChallengeCell(Bytes32, [1, 3]), AuthChallengeCell.Read, (v, ref w) => v.Write(ref w));
        yield return Of(new AuthenticateCell(3, Bytes32), AuthenticateCell.Read, (v, ref w) => v.Write(ref w));
        yield return Of(new NetinfoCell(7, IPAddress.Loopback, [IPAddress.IPv6Loopback, IPAddress.Parse("192.0.2.1")]), NetinfoCell.Read, (v, ref w) => v.Write(ref w));
        yield return Of(new NetinfoCell(0, null, []), NetinfoCell.Read, (v, ref w) => v.Write(ref w), "Netinfo of a client");
        yield return Of(new Create2Cell(HandshakeType.Ntor, Bytes32), Create2Cell.Read, (v, ref w) => v.Write(ref w));
        yield return Of(new Created2Cell(Bytes32), Created2Cell.Read, (v, ref w) => v.Write(ref w));
        yield return Of(new CreateFastCell(cookie), CreateFastCell.Read, (v, ref w) => v.Write(ref w));
        yield return Of(new CreatedFastCell(new byte[40]), CreatedFastCell.Read, (v, ref w) => v.Write(ref w));
        yield return Of(new DestroyCell(DestroyReason.Destroyed), DestroyCell.Read, (v, ref w) => v.Write(ref w));
        yield return Of(new PaddingNegotiateCell(true, 1500, 9500), PaddingNegotiateCell.Read, (v, ref w) => v.Write(ref w));
        yield return Of(new BeginMessage("example.com", 443, 5), BeginMessage.Read, (v, ref w) => v.Write(ref w));
        yield return Of(new BeginMessage("2001:db8::1", 80, 1), BeginMessage.Read, (v, ref w) => v.Write(ref w), "Begin to IPv6");
        yield return Of(new BeginMessage(string.Empty, 80, 0), BeginMessage.Read, (v, ref w) => v.Write(ref w), "Begin to an onion service");
        yield return Of(new ConnectedMessage(IPAddress.Loopback, 60), ConnectedMessage.Read, (v, ref w) => v.Write(ref w));
        yield return Of(new ConnectedMessage(IPAddress.IPv6Loopback, 60), ConnectedMessage.Read, (v, ref w) => v.Write(ref w), "Connected over IPv6");
        yield return Of(new ConnectedMessage(null, 0), ConnectedMessage.Read, (v, ref w) => v.Write(ref w), "Connected without address");
        yield return Of(new EndMessage(EndReason.Done), EndMessage.Read, (v, ref w) => v.Write(ref w));
        yield return Of(new EndMessage(EndReason.ExitPolicy, IPAddress.Loopback, 9), EndMessage.Read, (v, ref w) => v.Write(ref w), "End by policy");
        yield return Of(new EndMessage(EndReason.ExitPolicy, IPAddress.IPv6Loopback, 9), EndMessage.Read, (v, ref w) => v.Write(ref w), "End by policy, IPv6");
        yield return Of(new SendmeMessage(1, cookie), SendmeMessage.Read, (v, ref w) => v.Write(ref w));
        yield return Of(new SendmeMessage(0, default), SendmeMessage.Read, (v, ref w) => v.Write(ref w), "Sendme of a stream");
        yield return Of(default(XoffMessage), XoffMessage.Read, (v, ref w) => v.Write(ref w));
        yield return Of(new XonMessage(12_345_678), XonMessage.Read, (v, ref w) => v.Write(ref w));
        yield return Of(new Extend2Message(specifiers, HandshakeType.NtorV3, Bytes32), Extend2Message.Read, (v, ref w) => v.Write(ref w));
        yield return Of(new Extended2Message(Bytes32), Extended2Message.Read, (v, ref w) => v.Write(ref w));
        yield return Of(new TruncateMessage(DestroyReason.Requested), TruncateMessage.Read, (v, ref w) => v.Write(ref w));
        yield return Of(new TruncatedMessage(DestroyReason.ConnectFailed), TruncatedMessage.Read, (v, ref w) => v.Write(ref w));
        yield return Of(new ResolveMessage("example.com"), ResolveMessage.Read, (v, ref w) => v.Write(ref w));
        yield return Of(
            new ResolvedMessage([ResolvedAnswer.FromAddress(IPAddress.Loopback, 5), ResolvedAnswer.FromAddress(IPAddress.IPv6Loopback, 6), ResolvedAnswer.FromHostName("a.example", 7), new(ResolvedType.Error, default, 0)]),
            ResolvedMessage.Read,
            (v, ref w) => v.Write(ref w));
        yield return Of(new EstablishIntroMessage(key, extensions, Bytes32, new byte[64]), EstablishIntroMessage.Read, (v, ref w) => v.Write(ref w));
        yield return Of(new IntroEstablishedMessage(extensions), IntroEstablishedMessage.Read, (v, ref w) => v.Write(ref w));
        yield return Of(new Introduce1Message(key, extensions, onionKey, new byte[200], Bytes32), Introduce1Message.Read, (v, ref w) => v.Write(ref w));
        yield return Of(new IntroducePlaintext(cookie, extensions, onionKey, specifiers), IntroducePlaintext.Read, (v, ref w) => v.Write(ref w));
        yield return Of(new IntroduceAckMessage(IntroduceAckMessage.CannotRelay), IntroduceAckMessage.Read, (v, ref w) => v.Write(ref w));
        yield return Of(new EstablishRendezvousMessage(cookie), EstablishRendezvousMessage.Read, (v, ref w) => v.Write(ref w));
        yield return Of(new Rendezvous1Message(cookie, new byte[64]), Rendezvous1Message.Read, (v, ref w) => v.Write(ref w));
        yield return Of(new Rendezvous2Message(onionKey, Bytes32), Rendezvous2Message.Read, (v, ref w) => v.Write(ref w));
    }

    private static Sample Of<T>(T value, Reader<T> read, Writer<T> write, string? name = null) =>
        new(name ?? typeof(T).Name, Write(value, write), bytes =>
        {
            var reader = new SpanReader(bytes);
            return Write(read(ref reader), write);
        });

    private static byte[] Write<T>(T value, Writer<T> write)
    {
        var writer = new SpanWriter(new byte[20000]);
        write(value, ref writer);
        return writer.Written.ToArray();
    }

    private delegate T Reader<T>(ref SpanReader reader);

    private delegate void Writer<T>(T value, ref SpanWriter writer);

    private sealed record Sample(string Name, byte[] Bytes, Func<byte[], byte[]> Reread);
}
