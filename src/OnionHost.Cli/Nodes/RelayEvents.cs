using OnionHost.Cli.Output;
using OnionHost.Network;
using OnionHost.Network.Directory;
using OnionHost.Protocol;
using OnionHost.Rendezvous.Nodes;

namespace OnionHost.Cli.Nodes;

/// <summary>Tells what becomes of a relay.</summary>
internal sealed class RelayEvents(IEvents events, RelayServer server, RelaySettings settings)
{
    private string? _flags;

    /// <summary>What an authority had against the relay; null if none has refused it.</summary>
    public TorException? Refusal { get; private set; }

    /// <summary>Begins to tell; the relay has joined its network.</summary>
    public void Follow()
    {
        server.Refused += OnRefused;
        server.Directory!.Changed += TellFlags;
        VersionEvents.Follow(events, server.Directory);
    }

    /// <summary>It listens, and most authorities have its descriptor.</summary>
    public void Ready() => events.Tell(
        "ready",
        $"Ready. {settings.Nickname} ({server.Keys.Fingerprint}) takes links at {settings.Address}:{server.Relay.OrEndPoint.Port}; the authorities have its descriptor.",
        [.. Facts()]);

    /// <summary>What scripts want to know of it.</summary>
    public IEnumerable<(string Name, object? Value)> Facts() =>
    [
        ("nickname", settings.Nickname.ToString()),
        ("fingerprint", server.Keys.Fingerprint.ToString()),
        ("address", settings.Address.ToString()),
        ("orPort", server.Relay.OrEndPoint.Port),
        ("dirPort", server.DirEndPoint?.Port),
        ("network", settings.Network.Name),
    ];

    private void OnRefused(DirectoryAuthority authority, string reason)
    {
        Refusal = new TorException(TorErrorKind.Remote, $"the authority {authority.Nickname} refuses this relay: {reason}");
        events.Tell(
            "refused",
            $"The authority {authority.Nickname} refuses this relay: {reason}",
            ("authority", authority.Nickname.ToString()),
            ("reason", reason));
    }

    private void TellFlags(NetworkView view)
    {
        var flags = view.Find(server.Keys.Fingerprint)?.Status.Flags.ToString();
        if (flags != _flags)
        {
            _flags = flags;
            events.Tell(
                flags is null ? "unlisted" : "listed",
                flags is null ? "The consensus does not list this relay any more." : $"The consensus lists this relay: {flags}.",
                ("flags", flags),
                ("validAfter", view.ValidAfter.ToString("u")));
        }
    }
}
