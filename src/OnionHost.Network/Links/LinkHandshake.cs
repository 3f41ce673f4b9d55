using System.Buffers;
using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography;
using OnionHost.Protocol;
using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Certificates;
using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Links;

/// <summary>
/// The handshake of a link after TLS (tor-spec 4), without I/O: cells go in, bytes to send come out. Each step takes
/// exactly the cells that may come then; any other ends it with a <see cref="ProtocolException"/>.
/// </summary>
internal abstract class LinkHandshake : IDisposable
{
    private const int MaxCells = 32;
    private const int MaxBytes = 64 * 1024;

    internal static readonly ImmutableArray<ushort> OurVersions = [3, 4, 5];

    private readonly ArrayBufferWriter<byte> _outgoing = new(2048);
    private readonly IncrementalHash _sent = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly IncrementalHash _received = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private int _cells;
    private int _bytes;

    protected LinkHandshake(LinkHandshakeContext context)
    {
        Context = context;
    }

    /// <summary>Bytes of a circuit number in the next cell: 2 before VERSIONS.</summary>
    public int CircuitIdSize => Protocol is 0 or 3 ? 2 : 4;

    /// <summary>What it waits for.</summary>
    public LinkHandshakeStep Step { get; private set; }

    /// <summary>The link protocol agreed on; 0 before VERSIONS.</summary>
    public int Protocol { get; private set; }

    protected LinkHandshakeContext Context { get; }

    protected abstract bool IsInitiator { get; }

    /// <summary>Takes the bytes to send next; empty if there are none.</summary>
    public byte[] TakeOutgoing()
    {
        var bytes = _outgoing.WrittenSpan.ToArray();
        _outgoing.ResetWrittenCount();
        return bytes;
    }

    /// <summary>Takes one cell.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="wire">Its bytes, header included.</param>
    /// <exception cref="ProtocolException">It may not come now, or is malformed, or proves nothing.</exception>
    /// <exception cref="LinkException">The peer has another identity than it should have.</exception>
    public void OnCell(in Cell cell, ReadOnlySpan<byte> wire)
    {
        _bytes += wire.Length;
        if (++_cells > MaxCells || _bytes > MaxBytes)
        {
            throw new ProtocolException("A link's handshake takes too many cells.");
        }

        if (cell.Command is CellCommand.VPadding or CellCommand.Authorize)
        {
            _received.AppendData(wire);
            return;
        }

        if (cell.Circuit != CircuitId.None)
        {
            throw new ProtocolException($"{cell.Command} came on a circuit during a link's handshake.");
        }

        var before = LogReceived(cell.Command, wire);
        var reader = new SpanReader(cell.Payload);
        Handle(cell.Command, ref reader, before);
    }

    /// <summary>Who the peer is, when <see cref="Step"/> is <see cref="LinkHandshakeStep.Open"/>.</summary>
    public abstract LinkHandshakeResult Complete();

    public void Dispose()
    {
        _sent.Dispose();
        _received.Dispose();
    }

    /// <summary>Handles a cell of the handshake; <paramref name="transcript"/> is what came before AUTHENTICATE.</summary>
    protected abstract void Handle(CellCommand command, ref SpanReader payload, byte[]? transcript);

    protected void TransitionTo(LinkHandshakeStep step) => Step = step;

    /// <summary>Ends the handshake because of a cell that may not come now.</summary>
    protected ProtocolException OutOfOrder(CellCommand command) => new($"{command} came in a link's handshake that waits for {Step}.");

    protected void ReadVersions(ref SpanReader payload)
    {
        var common = VersionsCell.Read(ref payload).HighestCommon(OurVersions);
        Protocol = common ?? throw new ProtocolException("The peer speaks no link protocol that we speak.");
    }

    protected void SendVersions() =>
        SendVariable(2, CellCommand.Versions, (ref SpanWriter writer) => new VersionsCell(OurVersions).Write(ref writer));

    protected void SendVariable(CellCommand command, CellBody body) => SendVariable(CircuitIdSize, command, body);

    protected void SendNetinfo(uint time, IReadOnlyList<IPAddress> own)
    {
        Span<byte> payload = stackalloc byte[CellFraming.PayloadSize];
        var writer = new SpanWriter(payload);
        new NetinfoCell(time, Context.Tls.Remote.Address, [.. own]).Write(ref writer);
        var size = CellFraming.FixedCellSize(CircuitIdSize);
        CellFraming.WriteFixed(_outgoing.GetSpan(size), CircuitIdSize, CircuitId.None, CellCommand.Netinfo, writer.Written);
        _outgoing.Advance(size);
    }

    /// <summary>Digest of what we sent so far, NETINFO left out.</summary>
    protected byte[] SentDigest() => _sent.GetCurrentHash();

    /// <summary>Digest of what we received so far, NETINFO left out.</summary>
    protected byte[] ReceivedDigest() => _received.GetCurrentHash();

    protected uint Now() => (uint)Context.Node.Now.ToUnixTimeSeconds();

    protected LinkPeer DescribePeer(NetinfoCell netinfo, LinkIdentity? identity)
    {
        var remote = Context.Tls.Remote;
        var address = remote.Address.IsIPv4MappedToIPv6 ? remote.Address.MapToIPv4() : remote.Address;
        return new LinkPeer(identity?.Fingerprint, identity?.Identity, remote, identity is not null)
        {
            Protocol = Protocol,
            IsCanonical = netinfo.Own.Contains(address),
            OurAddress = netinfo.Peer,
            ClockSkew = netinfo.Time == 0 ? null : DateTimeOffset.FromUnixTimeSeconds(netinfo.Time) - Context.Node.Now,
        };
    }

    protected LinkNumbering ChooseNumbering(LinkIdentity? peer) =>
        Protocol > 3 ? LinkNumbering.Wide(IsInitiator) : LinkNumbering.Narrow(Context.Credentials?.RsaKey, peer?.RsaKey);

    /// <summary>Writes the payload of a cell.</summary>
    protected delegate void CellBody(ref SpanWriter writer);

    private byte[]? LogReceived(CellCommand command, ReadOnlySpan<byte> wire)
    {
        switch (command)
        {
            case CellCommand.Netinfo:
                return null;
            case CellCommand.Authenticate:
                return ReceivedDigest();
            default:
                _received.AppendData(wire);
                return null;
        }
    }

    private void SendVariable(int circuitIdSize, CellCommand command, CellBody body)
    {
        var writer = new SpanWriter(new byte[CellFraming.MaxVariablePayload]);
        body(ref writer);
        var size = CellFraming.VariableCellSize(circuitIdSize, writer.Position);
        var cell = _outgoing.GetSpan(size)[..size];
        CellFraming.WriteVariable(cell, circuitIdSize, CircuitId.None, command, writer.Written);
        _sent.AppendData(cell);
        _outgoing.Advance(size);
    }
}
