using OnionHost.Cli.Settings;
using OnionHost.Network.Relays.Keys;

namespace OnionHost.Cli.Commands;

/// <summary>
/// <c>onionhost keys make|sign</c>: a new master identity, or what an old one signs. Both work with the files of <c>tor --keygen</c>.
/// </summary>
internal sealed class KeysMakeCommand(string verb) : ToolCommand
{
    private static readonly TimeSpan UsualLifetime = TimeSpan.FromDays(30);
    private static readonly TimeSpan ShortestLifetime = TimeSpan.FromDays(1);
    private static readonly TimeSpan LongestLifetime = TimeSpan.FromDays(3660);

    private static readonly ToolOption Master = new("--master", "DIR", "Where the master key is, in keys/: on a machine or disk that is kept safe") { Takes = "a directory, such as one on a disk that is kept safe" };
    private static readonly ToolOption Lifetime = new("--lifetime", "TIME", "How long the signing key lasts (default 30d)") { Takes = "a time from 1d to 3660d" };
    private static readonly ToolOption Data = Settings.Options.Data with { Description = "The relay's directory, if it can be reached from here: it gets the keys that it needs. It may run" };

    private bool IsNew => verb == "make";

    /// <inheritdoc/>
    public override string Name => verb;

    /// <inheritdoc/>
    public override string Summary => IsNew
        ? "Makes a master identity key, and a first signing key with it"
        : "Makes a new signing key with the master key, before the old one ends";

    /// <inheritdoc/>
    public override string Example => $"onionhost keys {verb} --master /media/safe/relay1 --data ~/relay1 --lifetime 30d";

    /// <inheritdoc/>
    public override IReadOnlyList<ToolOption> Options => [Master, Data, Lifetime];

    /// <inheritdoc/>
    public override Run Bind(ToolSettings settings, ToolContext context)
    {
        var given = settings.Needed(Master);
        var master = given.Length == 0 ? string.Empty : Path.GetFullPath(given);
        var data = settings.Text(Data) is { Length: > 0 } relay ? Path.GetFullPath(relay) : null;
        var lifetime = settings.Read(Lifetime, UsualLifetime, Parsers.Duration);
        if (settings.Text(Lifetime) is { } text && Parsers.Duration(text, out _) && (lifetime < ShortestLifetime || lifetime > LongestLifetime))
        {
            settings.Fault(Lifetime, $"'{text}' is out of range. It takes {Lifetime.Takes}.");
        }

        if (data is not null && data == master)
        {
            settings.Fault(Data, "it is the same directory as --master, which would leave the master key with the relay. It takes the relay's.");
        }

        return (session, stop) => Task.Run(() => Make(master, data, lifetime, session), stop);
    }

    private int Make(string master, string? data, TimeSpan lifetime, ToolSession session)
    {
        Check(master);
        var expires = OfflineKeys.MakeSigningKey(session.Node, master, lifetime, out var identity);
        if (data is not null)
        {
            OfflineKeys.Bring(master, data);
        }

        var folder = Path.Combine(master, KeyDirectory.Folder);
        session.Events.Tell(
            "keys",
            $"""
            The master identity is {identity}; its secret stays in {folder}.
            The signing key lasts until {expires:u}.
            {(data is null
                ? $"Copy these from {folder} into keys/ of the relay's --data: {string.Join(", ", OfflineKeys.RelaysFiles)}"
                : $"The relay in {data} has it, and takes it within the hour if it runs.{(OfflineKeys.HasMaster(data) ? $"\nIts keys/ still holds the master's secret: delete it there, once {folder} is safe." : string.Empty)}")}
            """,
            ("identity", identity.ToString()),
            ("expires", expires.ToString("u")),
            ("master", folder),
            ("files", OfflineKeys.RelaysFiles),
            ("data", data));
        return ExitCode.Ended;
    }

    private void Check(string master)
    {
        if (IsNew && OfflineKeys.HasIdentity(master))
        {
            throw new ToolException(ExitCode.KeyUnusable, $"--master: {master} has a master identity already. 'onionhost keys sign' makes a signing key with it; a new identity takes an empty directory.");
        }

        if (!IsNew && !OfflineKeys.HasMaster(master))
        {
            throw OfflineKeys.HasEncryptedMaster(master)
                ? new ToolException(ExitCode.KeyUnusable, $"--master: the master key in {master} has a password, which only tor can ask for: 'tor --keygen --DataDirectory {master}' makes a signing key with it.")
                : new ToolException(ExitCode.NotFound, $"--master: there is no ed25519_master_id_secret_key in {Path.Combine(master, KeyDirectory.Folder)}. 'onionhost keys make' makes one; that of a relay is in keys/ of its --data.");
        }
    }
}
