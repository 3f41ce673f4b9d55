using System.Security.Cryptography;
using OnionHost.Protocol.Directory.Consensuses;
using OnionHost.Protocol.Identities;

namespace OnionHost.Protocol.Directory.Voting;

/// <summary>A vote as its authority signed it (dir-spec 3.4.1). Every instance was verified against the certificate that it carries.</summary>
public sealed class Vote
{
    /// <summary>The longest vote, in bytes.</summary>
    public const int MaximumSize = 32 * 1024 * 1024;

    private Vote(VoteContent content, ReadOnlyMemory<byte> document, ReadOnlyMemory<byte> signedPart)
    {
        Content = content;
        Document = document;
        Digest = new Digest160(SHA1.HashData(signedPart.Span));
    }

    /// <summary>What it says.</summary>
    public VoteContent Content { get; }

    /// <summary>The whole document.</summary>
    public ReadOnlyMemory<byte> Document { get; }

    /// <summary>SHA-1 of the signed part, 20 bytes: how consensuses and requests name it.</summary>
    public Digest160 Digest { get; }

    /// <summary>The voter's v3 identity.</summary>
    public RelayFingerprint Voter => Content.Source.Identity;

    /// <summary>Reads a vote and verifies its certificate and signature; whether its voter is trusted is for the caller to say.</summary>
    /// <exception cref="ProtocolException">It breaks the format, or a signature is wrong.</exception>
    public static Vote Parse(string text) => Parse(System.Text.Encoding.UTF8.GetBytes(text));

    /// <summary>Reads a vote and verifies its certificate and signature; the bytes must not change afterwards.</summary>
    /// <exception cref="ProtocolException">It breaks the format, or a signature is wrong.</exception>
    public static Vote Parse(ReadOnlyMemory<byte> document)
    {
        if (document.Length > MaximumSize)
        {
            throw new ProtocolException($"A vote is longer than {MaximumSize} bytes.");
        }

        var parts = StatusDocument.Read(document);
        var content = VoteReader.Read(parts);
        if (parts.ReadSignatures() is not [var signature])
        {
            throw new ProtocolException("A vote has more than one signature.");
        }

        var vote = new Vote(content, document, parts.SignedPart);
        vote.Verify(signature);
        return vote;
    }

    /// <inheritdoc/>
    public override string ToString() => System.Text.Encoding.UTF8.GetString(Document.Span);

    private void Verify(DirectorySignature signature)
    {
        var certificate = Content.Certificate;
        if (certificate.Identity != Voter || signature.Identity != Voter || signature.SigningKeyDigest != certificate.SigningKeyDigest)
        {
            throw new ProtocolException("A vote's source, certificate and signature are of different authorities.");
        }

        if (signature.Algorithm != "sha1" || !certificate.SigningKey.VerifyRaw(signature.Signature.Span, Digest.Span))
        {
            throw new ProtocolException("A vote's signature is wrong.");
        }
    }
}
