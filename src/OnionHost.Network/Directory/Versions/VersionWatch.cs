using Microsoft.Extensions.Logging;
using OnionHost.Protocol.Directory.Consensuses;

namespace OnionHost.Network.Directory.Versions;

/// <summary>Reads in each new consensus whether this software is recommended, and tells the operator once if it is not.</summary>
internal sealed class VersionWatch(NodeContext context, bool isRelay, string? version = null)
{
    private readonly ILogger _logger = context.Loggers.CreateLogger<VersionWatch>();
    private readonly string _version = version ?? SoftwareVersion.Number;
    private string? _list;

    /// <summary>This version is too old, or not recommended for another reason.</summary>
    public event Action<VersionAdvice>? Outdated;

    /// <summary>What the newest consensus says.</summary>
    public VersionAdvice Advice { get; private set; } = new(VersionStanding.NoOpinion, []);

    /// <summary>What it says, in words; null if there is nothing to do.</summary>
    public string? Warning => Advice.IsBad ? $"{SoftwareVersion.Name} {_version} is {Fault}; recommended: {Advice.List}" : null;

    private string Fault => Advice.Standing == VersionStanding.TooOld ? "too old" : "not recommended";

    /// <summary>Reads a new consensus.</summary>
    public void Read(Consensus consensus)
    {
        var list = isRelay ? consensus.ServerVersions : consensus.ClientVersions;
        if (list == _list)
        {
            return;
        }

        _list = list;
        Advice = VersionAdvice.Of(list, _version);
        if (Advice.IsBad)
        {
            DirectoryLog.Outdated(_logger, SoftwareVersion.Name, _version, Fault, isRelay ? "relays" : "clients", Advice.List);
            Outdated?.Invoke(Advice);
        }
    }
}
