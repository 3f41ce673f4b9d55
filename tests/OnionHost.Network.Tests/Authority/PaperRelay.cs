using System.Net;
using OnionHost.Protocol.Certificates;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Tests.Authority;

/// <summary>A relay that exists on paper only: it can make valid descriptors.</summary>
internal sealed class PaperRelay : IDisposable
{
    private readonly RsaKeyPair _identity = RsaKeyPair.Generate(1024);
    private readonly Ed25519KeyPair _signing = Ed25519KeyPair.Generate(SystemRandomSource.Instance);
    private RsaKeyPair _tap = RsaKeyPair.Generate(1024);
    private Ed25519KeyPair _master = Ed25519KeyPair.Generate(SystemRandomSource.Instance);
    private X25519KeyPair _onion = X25519KeyPair.Generate(SystemRandomSource.Instance);

    public PaperRelay(string nickname, int number)
    {
        Content = new ServerDescriptorContent
        {
            Nickname = Nickname.Parse(nickname),
            Address = new IPAddress([127, 0, 0, (byte)number]),
            OrPort = 9001,
            Platform = "Tor 0.4.9.11 on paper",
            Protocols = ProtocolVersions.Parse("Cons=1-2 Desc=1-2 DirCache=2 HSDir=2 Link=4-5 Microdesc=1-2 Relay=1-4"),
            Published = DateTimeOffset.UnixEpoch,
            BandwidthObserved = 500_000,
            IsHiddenServiceDirectory = true,
            Policy = ExitPolicy.Parse("accept *:80,accept *:443,reject *:*"),
        };
    }

    public ServerDescriptorContent Content { get; set; }

    public RelayFingerprint Fingerprint => _identity.Public.Fingerprint;

    public ServerDescriptor Describe(DateTimeOffset published) => Describe(published, Keys(published), null);

    /// <summary>With an extra-info, which the descriptor names.</summary>
    public (ServerDescriptor Descriptor, ExtraInfo ExtraInfo) DescribeAll(DateTimeOffset published)
    {
        var keys = Keys(published);
        var extra = ExtraInfo.Parse(System.Text.Encoding.UTF8.GetBytes(ExtraInfoBuilder.Build(Content.Nickname, published, keys)));
        return (Describe(published, keys, extra), extra);
    }

    /// <summary>New onion keys; as stock says, the ntor key alone would not be news to authorities.</summary>
    public void RotateOnionKeys(bool tapToo)
    {
        _onion.Dispose();
        _onion = X25519KeyPair.Generate(SystemRandomSource.Instance);
        if (tapToo)
        {
            _tap.Dispose();
            _tap = RsaKeyPair.Generate(1024);
        }
    }

    private ServerDescriptor Describe(DateTimeOffset published, ServerDescriptorKeys keys, ExtraInfo? extra) => ServerDescriptor.Parse(
        System.Text.Encoding.UTF8.GetBytes(ServerDescriptorBuilder.Build(Content with { Published = published, ExtraInfo = extra }, keys)));

    private ServerDescriptorKeys Keys(DateTimeOffset published) => new(
        _identity, _tap, _signing, Ed25519Certificate.Create(Ed25519CertificateType.SigningKey, _signing.Public, published.AddDays(30), _master), _onion);

    public void ChangeMaster()
    {
        _master.Dispose();
        _master = Ed25519KeyPair.Generate(SystemRandomSource.Instance);
    }

    public void Dispose()
    {
        _identity.Dispose();
        _signing.Dispose();
        _tap.Dispose();
        _master.Dispose();
        _onion.Dispose();
    }
}
