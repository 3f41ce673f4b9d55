using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using OnionHost.Network.Links;
using OnionHost.Protocol;
using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Identities;
using OnionHost.Tests.Shared;

namespace OnionHost.Network.Tests.Links;

public sealed class LinkHandshakeTests
{
    private static readonly CellCommand[] Commands = [.. Enumerable.Range(0, 14).Concat(Enumerable.Range(128, 6)).Select(c => (CellCommand)c)];

    [Fact]
    public void A_captured_handshake_of_a_client_replays()
    {
        var vector = Vectors.Load("link_handshake_client.json");
        var cells = vector.GetProperty("cells").EnumerateArray().Select(c => (Direction: c[0].GetString(), Bytes: c[1].Hex())).ToArray();
        var reader = new SpanReader(cells[4].Bytes.AsSpan(5));
        var time = new ManualTimeProvider(DateTimeOffset.FromUnixTimeSeconds(NetinfoCell.Read(ref reader).Time));
        var node = new NodeContext(time, SystemRandomSource.Instance, NullLoggerFactory.Instance);
        var (rsa, ed) = (new RelayFingerprint(vector.Hex("responder_rsa_id_sha1")), new Ed25519Identity(vector.Hex("responder_ed25519_id")));
        using var handshake = new InitiatorHandshake(
            new LinkHandshakeContext(node, new FakeTls(vector.Hex("peer_tls_cert_der"), default), true, null, []), new LinkTarget([], rsa, ed));

        Assert.Equal(cells[0].Bytes, handshake.TakeOutgoing());
        foreach (var (_, bytes) in cells[1..5])
        {
            Assert.True(HandshakePair.Feed(handshake, bytes));
        }

        Assert.Equal(cells[5].Bytes, handshake.TakeOutgoing());
        Assert.Equal(LinkHandshakeStep.Open, handshake.Step);
        var peer = handshake.Complete().Peer;
        Assert.Equal((rsa, ed, true, TimeSpan.Zero), (peer.Fingerprint, peer.Identity, peer.IsAuthenticated, peer.ClockSkew));
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, true)]
    [InlineData(true, false)]
    public void Both_ends_open(bool isRelay, bool canExport)
    {
        using var pair = new HandshakePair(isRelay, canExport: canExport);

        pair.Run();

        var (near, far) = (pair.Initiator.Complete(), pair.Responder.Complete());
        Assert.Equal(LinkPair.Relay.Fingerprint, near.Peer.Fingerprint);
        Assert.Equal(isRelay && canExport, far.Peer.IsAuthenticated);
        Assert.Equal(isRelay && canExport ? LinkPair.OtherRelay.Identity : null, far.Peer.Identity);
        Assert.Equal(isRelay, far.Peer.IsCanonical);
        Assert.Equal(isRelay && canExport, pair.Initiator.DidAuthenticate);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_cell_out_of_order_is_refused_by_the_initiator(bool isRelay)
    {
        var flight = ResponderFlight();
        CellCommand[][] allowed = isRelay
            ? [[CellCommand.Versions], [CellCommand.Certs], [CellCommand.AuthChallenge], [CellCommand.Netinfo]]
            : [[CellCommand.Versions], [CellCommand.Certs], [CellCommand.AuthChallenge, CellCommand.Netinfo], [CellCommand.Netinfo]];
        for (var step = 0; step < 4; step++)
        {
            AssertOnlyAllowed(flight, step, allowed[step], () =>
            {
                var pair = new HandshakePair(isRelay);
                return (pair, pair.Initiator);
            });
        }
    }

    [Fact]
    public void Every_cell_out_of_order_is_refused_by_the_responder()
    {
        CellCommand[][] allowed =
            [[CellCommand.Versions], [CellCommand.Certs, CellCommand.Netinfo], [CellCommand.Authenticate], [CellCommand.Netinfo]];
        for (var step = 0; step < 4; step++)
        {
            foreach (var command in Commands.Except(allowed[step]).Where(c => c is not (CellCommand.VPadding or CellCommand.Authorize)))
            {
                // A fresh pair each time: the signature covers what was said on this link.
                using var pair = new HandshakePair(isRelay: true);
                if (step > 0)
                {
                    foreach (var cell in AnswerOfRelay(pair)[..(step - 1)])
                    {
                        HandshakePair.Feed(pair.Responder, cell);
                    }
                }

                Assert.Throws<ProtocolException>(() => HandshakePair.Feed(pair.Responder, Cell(command, step == 0 ? 2 : 4)));
            }
        }
    }

    [Fact]
    public void A_handshake_cell_on_a_circuit_is_refused()
    {
        using var pair = new HandshakePair();
        var cell = new byte[20];
        var size = CellFraming.WriteVariable(cell, 2, new CircuitId(1), CellCommand.Versions, new byte[] { 0, 4 });

        Assert.Throws<ProtocolException>(() => HandshakePair.Feed(pair.Responder, cell[..size]));
    }

    [Fact]
    public void Another_identity_than_wanted_is_refused()
    {
        var other = LinkPair.OtherRelay;
        foreach (var target in (LinkTarget[])[new([], other.Fingerprint, null), new([], null, other.Identity), new([], LinkPair.Relay.Fingerprint, other.Identity)])
        {
            using var pair = new HandshakePair(target: target);
            var fault = Assert.Throws<LinkException>(pair.Run);
            Assert.Equal(DestroyReason.OrIdentity, fault.Reason);
            Assert.False(fault.IsTransient);
        }
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("0002", false)]
    [InlineData("000300", false)]
    [InlineData("0003", true)]
    [InlineData("00060005", true)]
    public void Versions_need_one_in_common(string hex, bool accepted)
    {
        using var pair = new HandshakePair();
        var payload = Convert.FromHexString(hex);
        var cell = new byte[20];
        var size = CellFraming.WriteVariable(cell, 2, CircuitId.None, CellCommand.Versions, payload);

        Assert.Equal(accepted, Record.Exception(() => HandshakePair.Feed(pair.Responder, cell[..size])) is null);
    }

    [Fact]
    public void Padding_may_come_any_time_but_not_without_end()
    {
        using var pair = new HandshakePair();
        byte[] padding = [0, 0, (byte)CellCommand.VPadding, 0, 1, 7];
        for (var i = 0; i < 32; i++)
        {
            HandshakePair.Feed(pair.Responder, padding);
        }

        Assert.Throws<ProtocolException>(() => HandshakePair.Feed(pair.Responder, padding));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_changed_flight_of_the_responder_never_yields_another_relay(bool isRelay)
    {
        var flight = ResponderFlight().SelectMany(c => c).ToArray();
        for (var i = 0; i < flight.Length - 480; i++)
        {
            var changed = flight.ToArray();
            changed[i] ^= 1;
            using var pair = new HandshakePair(isRelay);
            AssertNobodyElse(pair.Initiator, () => HandshakePair.Feed(pair.Initiator, changed), LinkPair.Relay.Fingerprint);
        }
    }

    [Fact]
    public void A_changed_flight_of_a_relay_never_authenticates()
    {
        var length = int.MaxValue;
        for (var i = 0; i < length; i += 3)
        {
            using var pair = new HandshakePair(isRelay: true);
            var cells = AnswerOfRelay(pair);
            length = cells.Take(2).Sum(c => c.Length);
            var changed = cells.SelectMany(c => c).ToArray();
            changed[i] ^= 1;

            Assert.True(
                Record.Exception(() => HandshakePair.Feed(pair.Responder, changed)) is TorException || pair.Responder.Step != LinkHandshakeStep.Open,
                $"byte {i}");
        }
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void Narrow_numbers_follow_the_keys(bool isRelay, bool canExport)
    {
        using var pair = new HandshakePair(isRelay, canExport: canExport);
        var versions = new byte[7];
        CellFraming.WriteVariable(versions, 2, CircuitId.None, CellCommand.Versions, new byte[] { 0, 3 });

        pair.Initiator.TakeOutgoing();
        HandshakePair.Feed(pair.Responder, versions);
        var flight = pair.Responder.TakeOutgoing();
        HandshakePair.Feed(pair.Initiator, [.. versions, .. flight[11..]]);
        var answer = pair.Initiator.TakeOutgoing();

        // The transcripts differ, since the initiator saw another VERSIONS: only a client can open here.
        if (isRelay)
        {
            Assert.Throws<ProtocolException>(() => HandshakePair.Feed(pair.Responder, answer));
            return;
        }

        HandshakePair.Feed(pair.Responder, answer);
        var (near, far) = (pair.Initiator.Complete(), pair.Responder.Complete());
        Assert.Equal((2, 2), (near.CircuitIdSize, far.CircuitIdSize));
        var id = near.Numbering.Pick(SystemRandomSource.Instance)!.Value;
        Assert.InRange(id.Value, 0x8000u, 0xffffu);
        Assert.True(far.Numbering.IsOfPeer(id));
        Assert.Null(far.Numbering.Pick(SystemRandomSource.Instance));
    }

    [Fact]
    public void Of_two_relays_on_narrow_links_each_picks_its_own_half()
    {
        var (ours, peers) = (LinkPair.Relay.RsaKey, LinkPair.OtherRelay.RsaKey);
        var (near, far) = (LinkNumbering.Narrow(ours, peers), LinkNumbering.Narrow(peers, ours));
        var id = near.Pick(SystemRandomSource.Instance)!.Value;

        Assert.InRange(id.Value, 1u, 0xffffu);
        Assert.True(far.IsOfPeer(id));
        Assert.False(near.IsOfPeer(id));
    }

    private static byte[][] ResponderFlight()
    {
        using var pair = new HandshakePair();
        HandshakePair.Feed(pair.Responder, pair.Initiator.TakeOutgoing());
        return Split(pair.Responder.TakeOutgoing());
    }

    /// <summary>CERTS, AUTHENTICATE and NETINFO, for this pair's responder, which has had VERSIONS.</summary>
    private static byte[][] AnswerOfRelay(HandshakePair pair)
    {
        HandshakePair.Feed(pair.Responder, pair.Initiator.TakeOutgoing());
        HandshakePair.Feed(pair.Initiator, pair.Responder.TakeOutgoing());
        return Split(pair.Initiator.TakeOutgoing(), 4);
    }

    private static byte[][] Split(byte[] bytes, int firstIdSize = 2)
    {
        var cells = new List<byte[]>();
        for (var rest = bytes.AsSpan(); CellFraming.TryRead(rest, cells.Count == 0 ? firstIdSize : 4, out _, out var consumed); rest = rest[consumed..])
        {
            cells.Add(rest[..consumed].ToArray());
        }

        return [.. cells];
    }

    private static void AssertOnlyAllowed(
        byte[][] flight, int step, CellCommand[] allowed, Func<(HandshakePair Pair, LinkHandshake Handshake)> create)
    {
        foreach (var command in Commands.Except(allowed).Where(c => c is not (CellCommand.VPadding or CellCommand.Authorize)))
        {
            var (pair, handshake) = create();
            using (pair)
            {
                foreach (var cell in flight[..step])
                {
                    HandshakePair.Feed(handshake, cell);
                }

                Assert.Throws<ProtocolException>(() => HandshakePair.Feed(handshake, Cell(command, step == 0 ? 2 : 4)));
            }
        }
    }

    private static void AssertNobodyElse(LinkHandshake handshake, Action feed, RelayFingerprint expected)
    {
        try
        {
            feed();
        }
        catch (TorException)
        {
            return;
        }

        Assert.True(handshake.Step != LinkHandshakeStep.Open || handshake.Complete().Peer.Fingerprint == expected);
    }

    private static byte[] Cell(CellCommand command, int idSize)
    {
        var cell = new byte[600];
        var size = CellFraming.IsVariable(command)
            ? CellFraming.WriteVariable(cell, idSize, CircuitId.None, command, new byte[100])
            : CellFraming.WriteFixed(cell, idSize, CircuitId.None, command, default);
        return cell[..size];
    }
}
