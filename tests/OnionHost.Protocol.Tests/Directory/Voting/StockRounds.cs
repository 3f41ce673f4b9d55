using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Directory.Voting;
using OnionHost.Tests.Shared;

namespace OnionHost.Protocol.Tests.Directory.Voting;

/// <summary>The captured voting rounds of a stock network with three authorities.</summary>
internal static class StockRounds
{
    public const int Authorities = 3;

    public static string VoteText(string prefix, int authority) => Vectors.Text($"fixtures/{prefix}vote-auth{authority}.txt");

    public static Vote[] Votes(string prefix = "") =>
        [.. Enumerable.Range(1, Authorities).Select(i => Vote.Parse(VoteText(prefix, i)))];

    public static string Unsigned(string consensus) => consensus[..consensus.IndexOf("directory-signature ", StringComparison.Ordinal)];

    public static AuthorityCertificate[] Certificates() =>
        [.. DocumentReader.Split(System.Text.Encoding.UTF8.GetBytes(Vectors.Text("fixtures/keys-all.txt")), AuthorityCertificate.FirstKeyword)
            .Select(c => AuthorityCertificate.Parse(c.Span))];
}
