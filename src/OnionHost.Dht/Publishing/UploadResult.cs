using System.Collections.Immutable;

namespace OnionHost.Dht.Publishing;

/// <summary>How the uploads of one descriptor ended.</summary>
/// <param name="Uploads">One for each responsible directory.</param>
internal sealed record UploadResult(ImmutableArray<HsDirUpload> Uploads)
{
    /// <summary>Directories that keep the descriptor now.</summary>
    public int Stored => Uploads.Count(upload => upload.Outcome == UploadOutcome.Stored);

    /// <summary>Directories that were to keep it.</summary>
    public int Asked => Uploads.Length;

    /// <summary>True if clients can find it: one directory is enough for that.</summary>
    public bool IsReachable => Stored > 0;

    /// <summary>True if all directories keep it.</summary>
    public bool IsComplete => Stored == Asked && Asked > 0;
}
