using OnionHost.Network.Directory;

namespace OnionHost.InteropTests;

/// <summary>Makes one of our authorities serve wrong documents for a while.</summary>
internal sealed class SpoiledDocuments : IDirectoryResource
{
    private volatile Func<string, byte[]?>? _spoil;

    /// <summary>Gives the wrong document for a path, or null for the right one; null spoils nothing.</summary>
    public Func<string, byte[]?>? Spoil
    {
        get => _spoil;
        set => _spoil = value;
    }

    public ValueTask<DirectoryResponse?> TryHandleAsync(DirectoryRequest request, CancellationToken ct) =>
        ValueTask.FromResult(request.IsGet && _spoil?.Invoke(request.Path) is { } wrong ? DirectoryResponse.Ok(wrong) : null);
}
