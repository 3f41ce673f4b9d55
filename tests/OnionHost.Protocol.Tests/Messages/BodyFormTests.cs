using System.Collections.Immutable;
using System.Net;
using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Identities;
using OnionHost.Protocol.Messages;

namespace OnionHost.Protocol.Tests.Messages;

public sealed class BodyFormTests
{
    [Theory]
    [InlineData("example.com")]
    [InlineData("example.com:0\0")]
    [InlineData("example.com:65536\0")]
    [InlineData("example.com:+80\0")]
    [InlineData("example.com\0")]
    [InlineData("exam ple.com:80\0")]
    [InlineData("\0")]
    public void A_begin_that_names_no_host_and_port_is_refused(string text)
    {
        Assert.Throws<ProtocolException>(() =>
        {
            var reader = new SpanReader(System.Text.Encoding.ASCII.GetBytes(text));
            BeginMessage.Read(ref reader);
        });
    }

    [Fact]
    public void A_begin_without_flags_has_none()
    {
        var reader = new SpanReader("[2001:db8::1]:80\0"u8);

        Assert.Equal(new BeginMessage("2001:db8::1", 80, 0), BeginMessage.Read(ref reader));
    }

    [Theory]
    [InlineData("02000101")]
    [InlineData("01000101")]
    [InlineData("01001100112233445566778899aabbccddeeff00112233")]
    public void A_sendme_of_unknown_form_is_refused(string hex)
    {
        var body = Convert.FromHexString(hex);
        Assert.Throws<ProtocolException>(() => { SendmeMessage.ReadTag(body, out _); });
    }

    [Fact]
    public void Link_specifiers_give_what_they_hold()
    {
        var endPoint = new IPEndPoint(IPAddress.Parse("2001:db8::7"), 9001);
        var identity = new Ed25519Identity(Enumerable.Repeat((byte)5, 32).ToArray());
        var fingerprint = new RelayFingerprint(Enumerable.Repeat((byte)6, 20).ToArray());
        ImmutableArray<LinkSpecifier> specifiers =
            [LinkSpecifier.FromEndPoint(endPoint), LinkSpecifier.FromEd25519(identity), LinkSpecifier.FromFingerprint(fingerprint), new(200, default)];

        Assert.Equal([endPoint], LinkSpecifiers.EndPoints(specifiers));
        Assert.Equal(identity, LinkSpecifiers.Ed25519(specifiers));
        Assert.Equal(fingerprint, LinkSpecifiers.Fingerprint(specifiers));
        Assert.Null(LinkSpecifiers.Ed25519([]));
        Assert.Throws<ProtocolException>(() => LinkSpecifiers.Fingerprint([specifiers[2], specifiers[2]]));
    }

    [Fact]
    public void A_known_link_specifier_of_the_wrong_length_is_refused()
    {
        byte[] bytes = [1, LinkSpecifier.RsaFingerprint, 19, .. new byte[19]];
        Assert.Throws<ProtocolException>(() =>
        {
            var reader = new SpanReader(bytes);
            LinkSpecifiers.Read(ref reader);
        });
    }
}
