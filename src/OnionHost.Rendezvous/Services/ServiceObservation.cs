using OnionHost.Rendezvous.Publishing;

namespace OnionHost.Rendezvous.Services;

/// <summary>What the parts of a service look like at one moment.</summary>
/// <param name="HasNetwork">True once a consensus is known.</param>
/// <param name="Points">Introduction points that stand.</param>
/// <param name="IsVisible">True if visitors find a descriptor.</param>
/// <param name="Uploads">How the last uploads went.</param>
/// <param name="LastPublished">When a directory last stored a descriptor.</param>
/// <param name="Visitors">Joined circuits.</param>
internal readonly record struct ServiceObservation(
    bool HasNetwork, int Points, bool IsVisible, UploadTally Uploads, DateTimeOffset? LastPublished, int Visitors);
