using OnionHost.Protocol;

namespace OnionHost.Rendezvous.Services;

/// <summary>Refuses options that make no sense, all faults in one message.</summary>
internal static class OnionServiceOptionsCheck
{
    private const int MaxIntroductionPoints = 20;

    private static readonly TimeSpan LongestDrain = TimeSpan.FromHours(1);

    /// <summary>Checks the options.</summary>
    /// <exception cref="TorException">Some are out of range; the message says which.</exception>
    public static void Check(OnionServiceOptions options)
    {
        var faults = new List<string>();
        Range(nameof(options.IntroductionPoints), options.IntroductionPoints, MaxIntroductionPoints);
        Range(nameof(options.MaxStreamsPerCircuit), options.MaxStreamsPerCircuit, ushort.MaxValue);
        Range(nameof(options.Backlog), options.Backlog, ushort.MaxValue);
        Range(nameof(options.MaxRendezvous), options.MaxRendezvous, ushort.MaxValue);
        if (string.IsNullOrWhiteSpace(options.Name))
        {
            faults.Add($"{nameof(options.Name)} is empty");
        }

        if (options.DrainTimeout < TimeSpan.Zero || options.DrainTimeout > LongestDrain)
        {
            faults.Add($"{nameof(options.DrainTimeout)} is {options.DrainTimeout}, but takes 0 to {LongestDrain}");
        }

        if (options.AllowDescriptorOnlyCookies && !options.RequireCookie)
        {
            faults.Add($"{nameof(options.AllowDescriptorOnlyCookies)} means nothing without {nameof(options.RequireCookie)}");
        }

        if (faults.Count > 0)
        {
            throw new TorException(TorErrorKind.Local, $"The options of onion service '{options.Name}' are wrong: {string.Join("; ", faults)}.");
        }

        void Range(string name, int value, int max)
        {
            if (value < 1 || value > max)
            {
                faults.Add($"{name} is {value}, but takes 1 to {max}");
            }
        }
    }

    /// <summary>Refuses to open a service to everybody whose directory restricts it, as C tor reads it.</summary>
    /// <exception cref="TorException">There are clients that C tor knows, and no cookie is required.</exception>
    public static void CheckClients(OnionServiceOptions options, Cookies.CookieRegistry cookies)
    {
        if (!options.RequireCookie && cookies.List().FirstOrDefault(cookie => !cookie.CanProve) is { } client)
        {
            throw new TorException(
                TorErrorKind.Local,
                $"The key directory of onion service '{options.Name}' restricts it to clients (authorized_clients/{client.Name}.auth), but {nameof(options.RequireCookie)} is off. Switch it on, or delete the file.");
        }
    }
}
