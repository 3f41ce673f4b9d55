using OnionHost.LocalNetwork;

namespace HiddenBlog.Launch;

/// <summary>Leads the network's own progress into the start's: the network is its first two thirds.</summary>
internal sealed class SharedProgress : IProgress<PrivateNetworkProgress>
{
    /// <summary>Where to report to; null drops what comes.</summary>
    public IProgress<Step>? To { get; set; }

    public void Report(PrivateNetworkProgress value) => To?.Report(new Step(value.Step, 3 + (value.Percent * 65 / 100)));
}
