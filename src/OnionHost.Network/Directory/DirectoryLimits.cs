namespace OnionHost.Network.Directory;

/// <summary>How much a directory request or answer may hold.</summary>
internal static class DirectoryLimits
{
    /// <summary>The longest head of a request or answer, bytes. Clients name up to 500 digests in one URL.</summary>
    public const int Head = 64 * 1024;

    /// <summary>The longest posted document, bytes: votes of big networks are the largest.</summary>
    public const int Upload = 16 * 1024 * 1024;

    /// <summary>The longest document posted over an anonymous circuit, bytes: an onion service descriptor.</summary>
    public const int AnonymousUpload = 64 * 1024;

    /// <summary>The longest answer that clients take, bytes, before and after decompression.</summary>
    public const int Answer = 32 * 1024 * 1024;

    /// <summary>Smaller bodies are not worth compressing, bytes.</summary>
    public const int WorthCompressing = 512;

    /// <summary>How long a client may take to send its request.</summary>
    public static readonly TimeSpan RequestTime = TimeSpan.FromSeconds(60);

    /// <summary>How long a client may take to read the answer.</summary>
    public static readonly TimeSpan AnswerTime = TimeSpan.FromMinutes(10);
}
