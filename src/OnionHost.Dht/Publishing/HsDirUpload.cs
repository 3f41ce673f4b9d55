using OnionHost.Dht.Ring;

namespace OnionHost.Dht.Publishing;

/// <summary>How the upload to one directory ended.</summary>
/// <param name="Directory">Where to.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Reason">What the directory or the network said; null if it was stored.</param>
internal sealed record HsDirUpload(HsDir Directory, UploadOutcome Outcome, string? Reason);
