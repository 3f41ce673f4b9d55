using Microsoft.Extensions.Logging.Abstractions;
using OnionHost.Network.Authority;
using OnionHost.Network.Authority.Approval;
using OnionHost.Protocol;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Identities;
using OnionHost.Tests.Shared;

namespace OnionHost.Network.Tests.Authority;

/// <summary>Operators approve relays: who is not approved is not listed.</summary>
public sealed class ApprovalTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly string _folder = Path.Combine(Path.GetTempPath(), "onionhost-approval-" + Path.GetRandomFileName());

    private ApprovalFile Operator => new(new AuthorityFiles(_folder));

    private IReadOnlyList<WaitingRelay> Waiting => new WaitingFile(new AuthorityFiles(_folder)).Read();

    public void Dispose() => System.IO.Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_relay_is_listed_once_it_is_approved()
    {
        await using var network = AuthorityFixture.Create(1, change: Strict);
        using PaperRelay known = new("known", 1), stranger = new("stranger", 2);
        Decide(known, RelayApproval.Approved);
        await network.OfferAsync(known, stranger);

        await network.RoundAsync(AuthorityFixture.Start + (AuthorityFixture.Interval * 2)).WaitAsync(Limit);
        Assert.Equal([known.Fingerprint], network.Members[0].Consensus.Relays.Select(relay => relay.Fingerprint));
        var waiting = Assert.Single(Waiting);
        Assert.Equal((stranger.Fingerprint, "stranger", 9001), (waiting.Fingerprint, waiting.Nickname.ToString(), waiting.OrPort.Port));

        Decide(stranger, RelayApproval.Approved);
        await network.RoundAsync(AuthorityFixture.Start + (AuthorityFixture.Interval * 3)).WaitAsync(Limit);
        Assert.Equal(2, network.Members[0].Consensus.Relays.Count);
        Assert.Empty(Waiting);
    }

    [Fact]
    public async Task A_rejected_relay_is_refused()
    {
        await using var network = AuthorityFixture.Create(1, change: Strict);
        using var relay = new PaperRelay("unwanted", 1);
        Decide(relay, RelayApproval.Rejected);
        Assert.Contains("do not want", network.Members[0].Authority.Offer(relay.Describe(network.Context.Now)).Rejection, StringComparison.Ordinal);
    }

    [Fact]
    public void Authorities_need_no_approval()
    {
        var authority = DirectoryAuthority.Parse($"auth orport=1 v3ident={new string('A', 40)} 127.0.0.1:2 {new string('B', 40)}");
        var approvals = Approvals(authority);
        Assert.Equal(RelayApproval.Approved, approvals.Of(authority.Fingerprint));
        Assert.Equal(RelayApproval.Waiting, approvals.Of(RelayFingerprint.Parse(new string('C', 40))));
    }

    [Fact]
    public void A_damaged_file_is_told_at_the_start_and_changes_nothing_later()
    {
        var fingerprint = RelayFingerprint.Parse(new string('C', 40));
        Operator.Decide(new ApprovedRelay(fingerprint, RelayApproval.Approved, null));
        var approvals = Approvals();
        File.AppendAllText(Path.Combine(_folder, ApprovalFile.Name), "allow everybody\n");

        Assert.Equal(RelayApproval.Approved, approvals.Of(fingerprint));
        Assert.Contains("Line 3", Assert.Throws<TorException>(() => Approvals()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_decision_can_be_taken_back()
    {
        var fingerprint = RelayFingerprint.Parse(new string('C', 40));
        Operator.Decide(new ApprovedRelay(fingerprint, RelayApproval.Rejected, Nickname.Parse("relay1")));
        Assert.Equal("relay1", Operator.Read()[fingerprint].Nickname.ToString());
        Operator.Decide(new ApprovedRelay(fingerprint, RelayApproval.Waiting, null));
        Assert.Empty(Operator.Read());
    }

    private AuthorityOptions Strict(AuthorityOptions options) => options with { Approvals = Approvals([.. options.Authorities]) };

    private RelayApprovals Approvals(params DirectoryAuthority[] authorities) =>
        new(new NodeContext(new ManualTimeProvider(AuthorityFixture.Start), SystemRandomSource.Instance, NullLoggerFactory.Instance), _folder, authorities);

    private void Decide(PaperRelay relay, RelayApproval approval) =>
        Operator.Decide(new ApprovedRelay(relay.Fingerprint, approval, relay.Content.Nickname));
}
