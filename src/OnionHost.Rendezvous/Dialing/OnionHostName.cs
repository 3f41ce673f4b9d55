using OnionHost.Protocol;
using OnionHost.Protocol.Identities;
using OnionHost.Rendezvous.Cookies;

namespace OnionHost.Rendezvous.Dialing;

/// <summary>What a host name that ends in <c>.onion</c> says: <c>[subdomains.][x.]y.onion</c>.</summary>
/// <param name="Address">The service, y.</param>
/// <param name="Cookie">The authorization cookie, x; null without.</param>
internal sealed record OnionHostName(OnionAddress Address, OnionCookie? Cookie)
{
    private const string Suffix = ".onion";
    private const int MaxLength = 255;

    /// <summary>True if a host belongs to the onion space, well formed or not: nobody else may ever be asked for it.</summary>
    public static bool IsOnion(string host)
    {
        var name = host.AsSpan().Trim().TrimEnd('.');
        return name.EndsWith(Suffix, StringComparison.OrdinalIgnoreCase) || name.Equals("onion", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Reads the name of a host for which <see cref="IsOnion"/> is true.</summary>
    /// <exception cref="OnionException">The address or the cookie is mistyped.</exception>
    public static OnionHostName Parse(string host)
    {
        var name = host.EndsWith('.') ? host[..^1] : host;
        if (name.Length > MaxLength || !name.EndsWith(Suffix, StringComparison.OrdinalIgnoreCase))
        {
            throw new OnionException(OnionFailure.BadAddress, "An onion host name has at most 255 characters and ends in .onion.");
        }

        var labels = name[..^Suffix.Length].Split('.');
        var cookie = labels.Length > 1 ? ReadCookie(labels[^2]) : null;
        if (labels.Any(label => label.Length is 0 or > 63))
        {
            throw new OnionException(OnionFailure.BadAddress, "A part of the onion host name is empty or longer than 63 characters.");
        }

        try
        {
            return new OnionHostName(OnionAddress.Parse(labels[^1]), cookie);
        }
        catch (ProtocolException fault)
        {
            throw new OnionException(OnionFailure.BadAddress, fault.Message, fault);
        }
    }

    /// <summary>Nothing of the cookie.</summary>
    public override string ToString() => Cookie is null ? Address.ToString() : $"[cookie].{Address}";

    private static OnionCookie? ReadCookie(string label)
    {
        if (label.Length != OnionCookie.LabelLength)
        {
            return null;
        }

        return OnionCookie.TryParse(label, out var cookie)
            ? cookie
            : throw new OnionException(OnionFailure.WrongAuthorization, "The authorization cookie before the onion address is mistyped: 52 letters a to z and digits 2 to 7 are expected.");
    }
}
