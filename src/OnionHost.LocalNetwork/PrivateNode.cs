using OnionHost.Protocol.Identities;

namespace OnionHost.LocalNetwork;

/// <summary>A node of a private network: an authority or a relay.</summary>
public sealed class PrivateNode
{
    private readonly RunningNode _node;

    internal PrivateNode(RunningNode node)
    {
        _node = node;
    }

    /// <summary>Its nickname, such as <c>auth1</c>, <c>relay3</c> or <c>exit1</c>.</summary>
    public string Nickname => _node.Server.Relay.Options.Nickname.ToString();

    /// <summary>Its identity.</summary>
    public RelayFingerprint Fingerprint => _node.Server.Keys.Fingerprint;

    /// <summary>True for a directory authority.</summary>
    public bool IsAuthority => _node.Authority is not null;

    /// <summary>True for an exit.</summary>
    public bool IsExit => _node.IsExit;

    /// <summary>Circuits that run through it, both ends of each counted.</summary>
    public int Circuits => _node.Server.Relay.Links.Links.Sum(link => link.CircuitCount);

    /// <summary>What runs.</summary>
    internal RunningNode Running => _node;

    /// <summary>Ends this node at once, as if its machine were switched off. It does not come back.</summary>
    public ValueTask StopAsync() => _node.DisposeAsync();
}
