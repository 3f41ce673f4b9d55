using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Extensions.Logging;
using OnionHost.Protocol;

namespace OnionHost.Network.Authority.Rounds;

/// <summary>
/// Names authorities that signed two different votes of one period to the operator, and keeps both votes as evidence, in the
/// folder <c>equivocations</c>. Safe for concurrent use.
/// </summary>
internal sealed class Equivocations(NodeContext context, AuthorityOptions options)
{
    private const string FolderName = "equivocations";
    private const int MostFiles = 32;
    private const int MostNoted = 16;

    private readonly ILogger _logger = context.Loggers.CreateLogger<Equivocations>();
    private readonly Lock _lock = new();
    private long _count;

    /// <summary>Another one was found.</summary>
    public event Action<NotedEquivocation>? Found;

    /// <summary>How many were found since the start.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>The newest ones, oldest first.</summary>
    public ImmutableArray<NotedEquivocation> Recent { get; private set; } = [];

    /// <summary>Keeps the evidence and tells the operator.</summary>
    public NotedEquivocation Note(Equivocation found)
    {
        NotedEquivocation noted;
        lock (_lock)
        {
            noted = Named(found) with { File = Keep(found) };
            Recent = [.. Recent.TakeLast(MostNoted - 1), noted];
        }

        Interlocked.Increment(ref _count);
        Tell(noted, new string([.. found.First.Content.Source.Contact.Where(c => !char.IsControl(c))]));
        Found?.Invoke(noted);
        return noted;
    }

    /// <summary>What is wrong, in words.</summary>
    public string Describe(Equivocation found) => Named(found).ToString();

    private NotedEquivocation Named(Equivocation found)
    {
        var known = options.Authorities.Append(options.Self).First(a => a.V3Identity == found.Voter);
        return new NotedEquivocation(found.ValidAfter, known.Nickname.ToString(), found.Voter, found.First.Digest, found.Second.Digest, File: null);
    }

    private string? Keep(Equivocation found)
    {
        if (options.DataDirectory is not { } folder)
        {
            return null;
        }

        try
        {
            var files = new AuthorityFiles(Path.Combine(folder, FolderName));
            var name = string.Create(CultureInfo.InvariantCulture, $"{found.ValidAfter.UtcDateTime:yyyy-MM-dd-HH-mm-ss}-{found.Voter}");
            files.Write(name, found.First.ToString() + found.Second);
            files.KeepNewest(MostFiles);
            return files.PathOf(name);
        }
        catch (TorException fault)
        {
            // To name the authority matters more than to keep the proof.
            AuthorityLog.EvidenceLost(_logger, fault.Message);
            return null;
        }
    }

    private void Tell(NotedEquivocation noted, string contact)
    {
        var file = noted.File ?? "no file";
        if (noted.Authority == options.Self.V3Identity)
        {
            AuthorityLog.OwnEquivocation(_logger, noted.ValidAfter, noted.First, noted.Second, file);
        }
        else
        {
            AuthorityLog.Equivocated(_logger, noted.Nickname, noted.Authority, noted.ValidAfter, noted.First, noted.Second, file, contact);
        }
    }
}
