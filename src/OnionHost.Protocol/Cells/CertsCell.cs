using System.Collections.Immutable;
using OnionHost.Protocol.Encoding;

namespace OnionHost.Protocol.Cells;

/// <summary>CERTS: the certificates that say who a side is (tor-spec 4.2).</summary>
/// <param name="Certificates">At most 255.</param>
public readonly record struct CertsCell(ImmutableArray<CertificateEntry> Certificates)
{
    /// <summary>Reads the payload and copies the certificates out of it.</summary>
    /// <exception cref="ProtocolException">It is truncated, or one kind occurs twice.</exception>
    public static CertsCell Read(ref SpanReader reader)
    {
        var count = reader.ReadByte();
        var certificates = ImmutableArray.CreateBuilder<CertificateEntry>();
        for (var i = 0; i < count; i++)
        {
            var type = reader.ReadByte();
            var body = reader.ReadBytes(reader.ReadUInt16());
            if (certificates.Any(c => c.Type == type))
            {
                throw new ProtocolException($"CERTS holds two certificates of type {type}.");
            }

            certificates.Add(new CertificateEntry(type, body.ToArray()));
        }

        return new CertsCell(certificates.ToImmutable());
    }

    /// <summary>Writes the payload.</summary>
    public void Write(ref SpanWriter writer)
    {
        writer.WriteByte(checked((byte)Certificates.Length));
        foreach (var certificate in Certificates)
        {
            writer.WriteByte(certificate.Type);
            writer.WriteUInt16(checked((ushort)certificate.Body.Length));
            writer.WriteBytes(certificate.Body.Span);
        }
    }

    /// <summary>The certificate of a kind; null if there is none.</summary>
    public ReadOnlyMemory<byte>? Find(byte type)
    {
        foreach (var certificate in Certificates)
        {
            if (certificate.Type == type)
            {
                return certificate.Body;
            }
        }

        return null;
    }
}
