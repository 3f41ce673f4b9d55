using OnionHost.Cli.Nodes;
using OnionHost.Cli.Settings;
using OnionHost.Network.Authority;
using OnionHost.Network.Authority.Approval;
using OnionHost.Network.Storage;
using OnionHost.Protocol;
using OnionHost.Protocol.Identities;

namespace OnionHost.Cli.Commands;

/// <summary><c>onionhost authority approve|reject|forget</c>: what becomes of a relay. A running authority follows by itself.</summary>
internal sealed class AuthorityDecideCommand(string verb) : ToolCommand
{
    private const string TurnFile = "approved-relays.lock";
    private const int MostTries = 100;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <inheritdoc/>
    public override string Name => verb;

    /// <inheritdoc/>
    public override string Summary => verb switch
    {
        "approve" => "Lists a relay from the next vote on",
        "reject" => "Refuses a relay's descriptors, and lists it no more",
        _ => "Takes a decision back: the relay waits again",
    };

    /// <inheritdoc/>
    public override string Example => $"onionhost authority {verb} 4F067C5C488173987B568CD7245F1CA71DEE996B --data ~/auth1";

    /// <inheritdoc/>
    public override IReadOnlyList<ToolOption> Options => [Settings.Options.Data];

    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, string Description)> Arguments => [("FINGERPRINT", "40 hexadecimal digits, with or without spaces and $")];

    private RelayApproval Approval => verb switch { "approve" => RelayApproval.Approved, "reject" => RelayApproval.Rejected, _ => RelayApproval.Waiting };

    /// <inheritdoc/>
    public override Run? Bind(ToolSettings settings, ToolContext context)
    {
        var data = DataDirectory.Of(settings, "authority");
        var text = settings.Arguments[0].Replace(" ", string.Empty, StringComparison.Ordinal).TrimStart('$').ToUpperInvariant();
        if (!RelayFingerprint.TryParse(text, out var fingerprint) && text.Length > 0)
        {
            settings.Fault($"FINGERPRINT: '{settings.Arguments[0]}' is not right. It takes 40 hexadecimal digits; 'onionhost authority list' shows them.");
        }

        return (session, stop) => DecideAsync(data, fingerprint, session, stop);
    }

    private async Task<int> DecideAsync(string data, RelayFingerprint fingerprint, ToolSession session, CancellationToken stop)
    {
        if (!Directory.Exists(data))
        {
            throw new ToolException(ExitCode.NotFound, $"--data: there is no authority in {data}. 'onionhost authority keys' makes one.");
        }

        using var turn = await TakeTurnAsync(data, session, stop);
        var files = new AuthorityFiles(data);
        var decisions = new ApprovalFile(files);
        var nickname = new WaitingFile(files).Read().FirstOrDefault(relay => relay.Fingerprint == fingerprint)?.Nickname
            ?? decisions.Read().GetValueOrDefault(fingerprint)?.Nickname;
        decisions.Decide(new ApprovedRelay(fingerprint, Approval, nickname));
        session.Events.Tell(verb, $"{fingerprint} {nickname}: {Summary.ToLowerInvariant()}.", ("fingerprint", fingerprint.ToString()), ("nickname", nickname?.ToString()));
        return ExitCode.Ended;
    }

    /// <summary>Decisions are made one after the other, whoever makes them.</summary>
    private static async Task<IDisposable> TakeTurnAsync(string data, ToolSession session, CancellationToken stop)
    {
        for (var tries = 0; ; tries++)
        {
            if (PrivateFiles.TryLock(Path.Combine(data, TurnFile)) is { } turn)
            {
                return turn;
            }

            if (tries == MostTries)
            {
                throw new TorException(
                    TorErrorKind.Local, $"The relays of the authority in {data} are being decided about by another process that does not end. Stop that one, and try again.")
                {
                    Cause = TorCause.DirectoryInUse,
                };
            }

            await Task.Delay(Pause, session.Tool.Time, stop);
        }
    }
}
