namespace OnionHost.Protocol.Cells;

/// <summary>One certificate of a CERTS cell (tor-spec 4.2).</summary>
/// <param name="Type">Its kind, see <see cref="Certificates.LinkCertificateType"/>.</param>
/// <param name="Body">The certificate, up to 65535 bytes.</param>
public readonly record struct CertificateEntry(byte Type, ReadOnlyMemory<byte> Body);
