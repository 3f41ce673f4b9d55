using OnionHost.Cli.Output;
using OnionHost.Protocol.Identities;
using OnionHost.Rendezvous.Services;

namespace OnionHost.Cli.Services;

/// <summary>Tells how far an onion service is.</summary>
internal sealed class ServiceEvents(IEvents events, OnionAddress address)
{
    private readonly Lock _lock = new();
    private OnionServiceState? _state;
    private DateTimeOffset? _published;

    /// <summary>The service has changed.</summary>
    public void Tell(OnionServiceSnapshot now)
    {
        lock (_lock)
        {
            var isNew = _state != now.State;
            _state = now.State;
            if (now.State == OnionServiceState.Reachable && now.LastPublished is not null && now.LastPublished != _published)
            {
                var isFirst = _published is null;
                _published = now.LastPublished;
                events.Tell(
                    "published",
                    isFirst ? $"Published: {now.DescriptorUploads} directories have the descriptor of {address}." : string.Empty,
                    ("address", address.ToString()),
                    ("directories", now.DescriptorUploads),
                    ("introductionPoints", now.IntroductionPoints));
            }
            else if (isNew)
            {
                events.Tell(
                    "state",
                    now.State == OnionServiceState.Degraded ? $"Something is missing: {now.LastError}" : string.Empty,
                    ("state", now.State.ToString()),
                    ("problem", now.LastError));
            }
        }
    }
}
