using OnionHost.Dht.Periods;
using OnionHost.Dht.Publishing;
using OnionHost.Dht.Ring;
using OnionHost.Network.Directory;
using OnionHost.Protocol.Identities;

namespace OnionHost.Rendezvous.Publishing;

/// <summary>Puts descriptors up in the network's directories.</summary>
internal sealed class DescriptorBoard : IDescriptorBoard, IDisposable
{
    private readonly NetworkDirectory _directory;
    private readonly DescriptorUploader _uploader;
    private volatile DescriptorMap? _map;

    /// <summary>Follows the network's consensus.</summary>
    public DescriptorBoard(NetworkDirectory directory, DescriptorUploader uploader)
    {
        _directory = directory;
        _uploader = uploader;
        directory.Changed += OnView;
        if (directory.Current is { } view)
        {
            _map = DescriptorMap.From(view);
        }
    }

    /// <inheritdoc/>
    public event Action? Changed;

    /// <inheritdoc/>
    public DescriptorSlots? Slots => _map?.Slots;

    /// <inheritdoc/>
    public IReadOnlyList<Ed25519Identity> Directories(DescriptorSlot slot, BlindedKey key) =>
        [.. (_map?.ForUpload(key, slot) ?? []).Select(directory => directory.Identity)];

    /// <inheritdoc/>
    public DateTimeOffset StartOfCounting(TimePeriod period) =>
        (_map ?? throw new InvalidOperationException("No consensus is known.")).StartOfCounting(period);

    /// <inheritdoc/>
    public async Task<UploadTally> UploadAsync(string text, BlindedKey key, DescriptorSlot slot, CancellationToken cancellationToken)
    {
        var result = await _uploader.PublishAsync(text, _map?.ForUpload(key, slot) ?? [], cancellationToken).ConfigureAwait(false);
        return new UploadTally(result.Stored, result.Asked);
    }

    /// <summary>The map of the present consensus, as soon as there is one.</summary>
    public async Task<DescriptorMap> WaitAsync(CancellationToken cancellationToken)
    {
        var view = await _directory.WaitAsync(cancellationToken).ConfigureAwait(false);
        return _map ?? DescriptorMap.From(view);
    }

    /// <summary>Stops following.</summary>
    public void Dispose() => _directory.Changed -= OnView;

    private void OnView(NetworkView view)
    {
        _map = DescriptorMap.From(view);
        Changed?.Invoke();
    }
}
