namespace OnionHost.Rendezvous.Services;

/// <summary>What an onion service looks like at one moment.</summary>
/// <param name="State">How far it is.</param>
/// <param name="IntroductionPoints">Introduction points that stand.</param>
/// <param name="WantedIntroductionPoints">Introduction points that it wants.</param>
/// <param name="DescriptorUploads">Directories that stored the present descriptors.</param>
/// <param name="DescriptorDirectories">Directories that the present descriptors were sent to.</param>
/// <param name="LastPublished">When a descriptor was last stored by a directory; null if never.</param>
/// <param name="Rendezvous">Joined circuits with visitors.</param>
/// <param name="LastError">The last thing that went wrong, for people; null if nothing did since the service was last reachable.</param>
public sealed record OnionServiceSnapshot(
    OnionServiceState State,
    int IntroductionPoints,
    int WantedIntroductionPoints,
    int DescriptorUploads,
    int DescriptorDirectories,
    DateTimeOffset? LastPublished,
    int Rendezvous,
    string? LastError);
