using System.Text.Json.Nodes;
using OnionHost.Rendezvous.Nodes;

namespace OnionHost.Cli.Control;

/// <summary>What an authority tells: the relay beneath, how the agreement goes, and who was caught with two votes.</summary>
internal sealed class AuthorityStatus(AuthorityServer authority) : RelayStatus("authority", authority.Server)
{
    /// <inheritdoc/>
    public override JsonObject Describe()
    {
        var report = base.Describe();
        if (authority.HasJoined)
        {
            var voting = authority.Voting;
            report["consensus"] = voting.Last?.ValidAfter.ToString("u");
            report["noConsensus"] = voting.Problem;
            report["equivocations"] = new JsonArray([.. voting.Equivocations.Recent.Select(found => new JsonObject
            {
                ["validAfter"] = found.ValidAfter.ToString("u"),
                ["authority"] = found.Nickname,
                ["v3ident"] = found.Authority.ToString(),
                ["first"] = found.First.ToString(),
                ["second"] = found.Second.ToString(),
                ["file"] = found.File,
            })]);
        }

        return report;
    }
}
