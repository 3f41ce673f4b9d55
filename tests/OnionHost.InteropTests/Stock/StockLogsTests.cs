using System.Text.Json;

namespace OnionHost.InteropTests;

/// <summary>The judgement of stock's logs, on lines that a stock relay wrote: it must fail a test when there is something to complain about.</summary>
public sealed class StockLogsTests : IDisposable
{
    private const string Usual = "Nov 22 13:00:18.562 [warn] {GENERAL} You are running Tor as root. You don't need to, and you probably shouldn't.";

    private const string ProtocolWarning =
        "Nov 22 13:00:19.101 [warn] {PROTOCOL} connection_or_client_learned_peer_id(): Tried connecting to router at 127.0.0.1:5001 ID=<none> "
        + "RSA_ID=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA, but RSA + ed25519 identity keys were not as expected: wanted "
        + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA + no ed25519 key but got BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB.";

    private const string ProtocolInfo = "Nov 22 13:00:19.201 [info] {PROTOCOL} circuit_receive_relay_cell(): Didn't recognize a cell from 127.0.0.1:5001.";

    private const string KnownComplaint = "Nov 22 13:00:19.301 [info] {DIR} dirserv_add_descriptor(): Rejecting router descriptor of ours1.";

    private const string Refusal = "Nov 22 13:00:19.401 [notice] {DIR} Uploaded descriptor was rejected: invalid.";

    private const string Quiet = "Nov 22 13:00:19.501 [info] {DIR} handle_response_fetch_consensus(): Received consensus directory from server 127.0.0.1:5001";

    private static readonly string[] Markers = ["ours1", "127.0.0.1:5001"];

    private readonly string _folder = Directory.CreateTempSubdirectory("onionhost-logs-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Complaints_about_our_nodes_are_found()
    {
        string[] log = [Usual, ProtocolWarning, ProtocolInfo, KnownComplaint, Quiet];
        Assert.Equal([ProtocolWarning, ProtocolInfo, KnownComplaint], StockLogs.About(log, Markers, StockLogs.IsTrouble));
        Assert.Equal([ProtocolWarning, ProtocolInfo], StockLogs.About(log, Markers, StockLogs.IsWarning));
    }

    [Fact]
    public void Complaints_about_others_and_provoked_ones_are_not()
    {
        Assert.Empty(StockLogs.About([ProtocolWarning, ProtocolInfo, KnownComplaint], ["ours2", "127.0.0.1:5002"], StockLogs.IsTrouble));
        Assert.Equal([ProtocolInfo], StockLogs.About([ProtocolWarning, ProtocolInfo], Markers, StockLogs.IsTrouble, "identity keys were not as expected"));
    }

    [Fact]
    public void Whatever_is_not_usual_is_a_complaint_once()
    {
        var node = Node(Usual, ProtocolWarning, Refusal, Quiet);
        var complaints = new StockComplaints();
        Assert.Equal(["relay1: " + ProtocolWarning, "relay1: " + Refusal], complaints.Take([node], isEarly: false));
        Assert.Empty(complaints.Take([node], isEarly: false));
    }

    [Fact]
    public void What_a_test_expects_is_no_complaint()
    {
        var complaints = new StockComplaints();
        complaints.Expect("identity keys were not as expected");
        Assert.Equal(["relay1: " + Refusal], complaints.Take([Node(Usual, ProtocolWarning, Refusal)], isEarly: false));
    }

    /// <summary>A node that has logged so much.</summary>
    private StockNode Node(params string[] lines)
    {
        var log = Path.Combine(_folder, "notice.log");
        File.WriteAllLines(log, lines);
        return new StockNode("relay1", JsonSerializer.SerializeToElement(new { log, directory = _folder }));
    }
}
