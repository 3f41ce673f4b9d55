using System.Security.Cryptography;
using OnionHost.Protocol;
using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Certificates;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Encoding;

namespace OnionHost.Network.Links;

/// <summary>
/// The side that was connected to, a relay. It answers VERSIONS with all it has to say; the initiator then either
/// proves who it is, or sends NETINFO at once and stays a client to us.
/// </summary>
internal sealed class ResponderHandshake : LinkHandshake
{
    private readonly LinkCredentials _credentials;
    private LinkIdentity? _claimed;
    private LinkIdentity? _proved;
    private LinkHandshakeResult? _result;

    /// <summary>Starts with nothing to send: the initiator speaks first. The context must hold credentials.</summary>
    public ResponderHandshake(LinkHandshakeContext context)
        : base(context)
    {
        _credentials = context.Credentials ?? throw new ArgumentException("A responder needs credentials.", nameof(context));
    }

    protected override bool IsInitiator => false;

    public override LinkHandshakeResult Complete() => _result ?? throw new InvalidOperationException("The handshake goes on.");

    protected override void Handle(CellCommand command, ref SpanReader payload, byte[]? transcript)
    {
        switch (Step, command)
        {
            case (LinkHandshakeStep.Versions, CellCommand.Versions):
                ReadVersions(ref payload);
                SendAll();
                TransitionTo(LinkHandshakeStep.Certs);
                break;
            case (LinkHandshakeStep.Certs, CellCommand.Certs):
                _claimed = LinkCertificates.VerifyInitiator(CertsCell.Read(ref payload), Context.Node.Now);
                TransitionTo(LinkHandshakeStep.Authenticate);
                break;
            case (LinkHandshakeStep.Authenticate, CellCommand.Authenticate):
                OnAuthenticate(AuthenticateCell.Read(ref payload), transcript!);
                TransitionTo(LinkHandshakeStep.Netinfo);
                break;
            case (LinkHandshakeStep.Certs or LinkHandshakeStep.Netinfo, CellCommand.Netinfo):
                var peer = DescribePeer(NetinfoCell.Read(ref payload), _proved);
                _result = new LinkHandshakeResult(peer, IsInitiator: false, ChooseNumbering(_proved));
                TransitionTo(LinkHandshakeStep.Open);
                break;
            default:
                throw OutOfOrder(command);
        }
    }

    private void SendAll()
    {
        SendVersions();
        SendVariable(CellCommand.Certs, (ref SpanWriter writer) => _credentials.ResponderCerts.Write(ref writer));
        var challenge = Context.Node.Random.Bytes(AuthChallengeCell.ChallengeSize);

        // Stock relays wait for this cell; without a method in it they stay clients to us.
        var canVerify = Context.CanExport;
        SendVariable(
            CellCommand.AuthChallenge,
            (ref SpanWriter writer) => new AuthChallengeCell(challenge, canVerify ? [AuthenticateBody.Method] : []).Write(ref writer));
        SendNetinfo(Now(), Context.OwnAddresses);
    }

    private void OnAuthenticate(AuthenticateCell cell, byte[] initiatorLog)
    {
        var claimed = _claimed!;
        var secrets = new byte[32];
        try
        {
            if (cell.Method != AuthenticateBody.Method
                || !Context.Tls.TryExport(AuthenticateBody.ExporterLabel, AuthenticateBody.ExporterContext(claimed.RsaKey), secrets))
            {
                throw new ProtocolException("AUTHENTICATE uses a method that was not offered.");
            }

            var inputs = new AuthenticateInputs(
                claimed.RsaKey,
                _credentials.RsaKey,
                claimed.Identity,
                _credentials.Identity,
                new LinkTranscript(SentDigest(), initiatorLog),
                SHA256.HashData(Context.Tls.LocalLeaf.Span),
                secrets);
            AuthenticateBody.Verify(cell.Body.Span, inputs, claimed.AuthenticationKey!.Value);
            _proved = claimed;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secrets);
        }
    }
}
