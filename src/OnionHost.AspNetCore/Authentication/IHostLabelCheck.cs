using OnionHost.Protocol.Identities;

namespace OnionHost.AspNetCore.Authentication;

/// <summary>Recognizes cookies that stand before the address in a host name, <c>x.y.onion</c>.</summary>
internal interface IHostLabelCheck
{
    /// <summary>The name of the valid cookie in <paramref name="host"/>; null if there is none, or the address is another one.</summary>
    string? Find(OnionAddress service, string host);
}
