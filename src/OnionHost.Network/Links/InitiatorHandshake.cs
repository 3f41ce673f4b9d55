using System.Security.Cryptography;
using OnionHost.Protocol;
using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Certificates;
using OnionHost.Protocol.Encoding;

namespace OnionHost.Network.Links;

/// <summary>
/// The side that opened the connection. A client sends VERSIONS and NETINFO; a relay also proves who it is with CERTS
/// and AUTHENTICATE, if the responder asks and TLS can export keying material.
/// </summary>
internal sealed class InitiatorHandshake : LinkHandshake
{
    private readonly LinkTarget _target;
    private LinkIdentity? _responder;
    private LinkHandshakeResult? _result;

    /// <summary>Starts with VERSIONS to send.</summary>
    public InitiatorHandshake(LinkHandshakeContext context, LinkTarget target)
        : base(context)
    {
        _target = target;
        SendVersions();
    }

    /// <summary>True if we proved our identity to the responder.</summary>
    public bool DidAuthenticate { get; private set; }

    protected override bool IsInitiator => true;

    public override LinkHandshakeResult Complete() => _result ?? throw new InvalidOperationException("The handshake goes on.");

    protected override void Handle(CellCommand command, ref SpanReader payload, byte[]? transcript)
    {
        switch (Step, command)
        {
            case (LinkHandshakeStep.Versions, CellCommand.Versions):
                ReadVersions(ref payload);
                TransitionTo(LinkHandshakeStep.Certs);
                break;
            case (LinkHandshakeStep.Certs, CellCommand.Certs):
                OnCerts(CertsCell.Read(ref payload));
                TransitionTo(LinkHandshakeStep.AuthChallenge);
                break;
            case (LinkHandshakeStep.AuthChallenge, CellCommand.AuthChallenge):
                OnAuthChallenge(AuthChallengeCell.Read(ref payload));
                TransitionTo(LinkHandshakeStep.Netinfo);
                break;
            case (LinkHandshakeStep.AuthChallenge, CellCommand.Netinfo) when Context.Credentials is null:
            case (LinkHandshakeStep.Netinfo, CellCommand.Netinfo):
                OnNetinfo(NetinfoCell.Read(ref payload));
                TransitionTo(LinkHandshakeStep.Open);
                break;
            default:
                throw OutOfOrder(command);
        }
    }

    private void OnCerts(CertsCell certs)
    {
        _responder = LinkCertificates.Verify(certs, Context.Tls.PeerLeaf.Span, Context.Node.Now);
        if ((_target.Fingerprint is { } fingerprint && fingerprint != _responder.Fingerprint)
            || (_target.Identity is { } identity && identity != _responder.Identity))
        {
            throw new LinkException(DestroyReason.OrIdentity, "The relay at that address has another identity than it should have.");
        }

        if (Context.Credentials is null)
        {
            SendNetinfo(time: 0, []);
        }
    }

    private void OnAuthChallenge(AuthChallengeCell challenge)
    {
        if (Context.Credentials is not { } credentials)
        {
            return;
        }

        if (challenge.Methods.Contains(AuthenticateBody.Method))
        {
            Authenticate(credentials);
        }

        SendNetinfo(Now(), Context.OwnAddresses);
    }

    private void Authenticate(LinkCredentials credentials)
    {
        var secrets = new byte[32];
        try
        {
            if (!Context.Tls.TryExport(AuthenticateBody.ExporterLabel, AuthenticateBody.ExporterContext(credentials.RsaKey), secrets))
            {
                return;
            }

            SendVariable(CellCommand.Certs, (ref SpanWriter writer) => credentials.InitiatorCerts.Write(ref writer));
            var inputs = new AuthenticateInputs(
                credentials.RsaKey,
                _responder!.RsaKey,
                credentials.Identity,
                _responder.Identity,
                new LinkTranscript(ReceivedDigest(), SentDigest()),
                SHA256.HashData(Context.Tls.PeerLeaf.Span),
                secrets);
            var body = AuthenticateBody.Build(inputs, credentials.AuthenticationKey, Context.Node.Random);
            SendVariable(CellCommand.Authenticate, (ref SpanWriter writer) => new AuthenticateCell(AuthenticateBody.Method, body).Write(ref writer));
            DidAuthenticate = true;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secrets);
        }
    }

    private void OnNetinfo(NetinfoCell netinfo) =>
        _result = new LinkHandshakeResult(DescribePeer(netinfo, _responder), IsInitiator: true, ChooseNumbering(_responder));
}
