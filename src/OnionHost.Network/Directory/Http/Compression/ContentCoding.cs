using OnionHost.Protocol;

namespace OnionHost.Network.Directory.Http.Compression;

/// <summary>A content encoding of directory answers (dir-spec 6.1).</summary>
internal abstract class ContentCoding
{
    /// <summary>What HTTP calls it.</summary>
    public abstract string Name { get; }

    /// <summary>True if this machine can do it.</summary>
    public virtual bool IsAvailable => true;

    /// <summary>True if it takes so long that only documents are compressed with it that many ask for.</summary>
    public virtual bool IsForKeeping => false;

    /// <summary>True if anonymous answers may come in it: every Tor knows it, so it tells nobody apart.</summary>
    public virtual bool IsUniversal => false;

    /// <summary>Compresses a body.</summary>
    public abstract byte[] Compress(ReadOnlySpan<byte> body);

    /// <summary>Decompresses a body of at most <paramref name="maximum"/> bytes.</summary>
    /// <exception cref="ProtocolException">The body is malformed, truncated or too long.</exception>
    public abstract byte[] Decompress(ReadOnlySpan<byte> body, int maximum);

    /// <summary>What a body is that does not decompress.</summary>
    protected static ProtocolException Malformed(Exception? cause = null) => new("A directory's answer cannot be decompressed.", cause!);

    /// <summary>What a body is that does not end.</summary>
    protected static ProtocolException TooLong(int maximum) => new($"A directory's answer is longer than {maximum} bytes.");
}
