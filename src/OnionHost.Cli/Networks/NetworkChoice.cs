using OnionHost.Cli.Settings;
using OnionHost.Network.Networks;
using OnionHost.Protocol;

namespace OnionHost.Cli.Networks;

/// <summary>What <c>--network</c> means.</summary>
/// <param name="Name">What was given.</param>
/// <param name="Description">What it stands for.</param>
internal sealed record NetworkChoice(string Name, NetworkDescription Description)
{
    /// <summary>The word for the public network.</summary>
    public const string Public = "tor";

    private static readonly TimeSpan PrivateInterval = TimeSpan.FromMinutes(5);

    /// <summary>True for the public Tor network.</summary>
    public bool IsPublic => Name == Public;

    /// <summary>How often the authorities agree if nobody says.</summary>
    public TimeSpan VotingInterval => Description.VotingInterval ?? (Description.IsPrivate ? PrivateInterval : TimeSpan.FromHours(1));

    /// <summary>Reads the option; null if it is wrong, which is noted.</summary>
    public static NetworkChoice? Read(ToolSettings settings) => Read(settings, Options.Network);

    /// <summary>Reads an option that takes a network's file; null if it is wrong, which is noted.</summary>
    public static NetworkChoice? Read(ToolSettings settings, ToolOption option)
    {
        var name = settings.Needed(option);
        if (name.Length == 0)
        {
            return null;
        }

        if (name.Equals(Public, StringComparison.OrdinalIgnoreCase))
        {
            return new NetworkChoice(Public, NetworkDescription.ReadPublic());
        }

        try
        {
            return new NetworkChoice(Path.GetFullPath(name), NetworkDescription.Read(name));
        }
        catch (TorException fault)
        {
            settings.Fault(option, $"{fault.Message} It takes {option.Takes}.");
            return null;
        }
    }
}
