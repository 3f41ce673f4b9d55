namespace OnionHost.Network.Authority.Uploads;

/// <summary>What becomes of an uploaded descriptor.</summary>
/// <param name="IsAccepted">True if it took the place of an older one.</param>
/// <param name="Rejection">Why it is refused; null if it is accepted or no news.</param>
internal readonly record struct UploadVerdict(bool IsAccepted, string? Rejection)
{
    /// <summary>It is the newest of its relay.</summary>
    public static UploadVerdict Accepted { get; } = new(true, null);

    /// <summary>Nothing in it is new enough to matter.</summary>
    public static UploadVerdict NotNew { get; } = new(false, null);

    /// <summary>It is refused.</summary>
    public static UploadVerdict Rejected(string reason) => new(false, reason);
}
