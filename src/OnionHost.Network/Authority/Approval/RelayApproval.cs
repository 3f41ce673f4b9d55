namespace OnionHost.Network.Authority.Approval;

/// <summary>What an authority's operator has decided about a relay.</summary>
internal enum RelayApproval
{
    /// <summary>Nothing yet: the relay is not listed.</summary>
    Waiting,

    /// <summary>It is listed, if it runs.</summary>
    Approved,

    /// <summary>It is not listed, and its descriptors are refused.</summary>
    Rejected,
}
