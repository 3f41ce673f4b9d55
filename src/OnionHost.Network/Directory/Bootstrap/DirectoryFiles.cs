using Microsoft.Extensions.Logging;
using OnionHost.Network.Storage;
using OnionHost.Protocol;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Directory.Consensuses;

namespace OnionHost.Network.Directory.Bootstrap;

/// <summary>
/// Keeps directory documents in a folder between runs. Files are replaced whole, so that a crash leaves the old or the new one.
/// What is read back is not trusted: it is verified like what comes from the network.
/// </summary>
internal sealed class DirectoryFiles
{
    private const long MaximumSize = 256L * 1024 * 1024;

    private readonly string? _folder;
    private readonly ILogger _logger;

    /// <param name="context">Where to log.</param>
    /// <param name="folder">The data directory; null keeps nothing.</param>
    public DirectoryFiles(NodeContext context, string? folder)
    {
        _folder = folder;
        _logger = context.Loggers.CreateLogger<DirectoryFiles>();
    }

    /// <summary>Certificates, one after the other.</summary>
    public const string Certificates = "cached-certs";

    /// <summary>Microdescriptors, one after the other.</summary>
    public const string Microdescriptors = "cached-microdescs";

    /// <summary>Server descriptors, one after the other.</summary>
    public const string Descriptors = "cached-descriptors";

    /// <summary>The file of a consensus.</summary>
    public static string ConsensusName(ConsensusFlavor flavor) => flavor == ConsensusFlavor.Microdesc ? "cached-microdesc-consensus" : "cached-consensus";

    /// <summary>A file's bytes; empty if it is missing or cannot be read.</summary>
    public async Task<ReadOnlyMemory<byte>> ReadAsync(string name, CancellationToken ct)
    {
        if (_folder is null)
        {
            return default;
        }

        var file = new FileInfo(Path.Combine(_folder, name));
        try
        {
            return file.Exists && file.Length <= MaximumSize ? await File.ReadAllBytesAsync(file.FullName, ct) : default(ReadOnlyMemory<byte>);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            DirectoryLog.FileFault(_logger, file.FullName, fault);
            return default;
        }
    }

    /// <summary>Replaces a file. Failure is logged: the node works without.</summary>
    public async Task WriteAsync(string name, IEnumerable<ReadOnlyMemory<byte>> documents, CancellationToken ct)
    {
        if (_folder is null)
        {
            return;
        }

        var path = Path.Combine(_folder, name);
        try
        {
            PrivateFiles.CreateFolder(_folder);
            await PrivateFiles.WriteAsync(path, documents, ct);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            DirectoryLog.FileFault(_logger, path, fault);
        }
    }

    /// <summary>Reads a stored consensus; null if there is none, or it is malformed.</summary>
    public async Task<Consensus?> ReadConsensusAsync(ConsensusFlavor flavor, CancellationToken ct)
    {
        var body = await ReadAsync(ConsensusName(flavor), ct);
        try
        {
            return body.IsEmpty ? null : Consensus.Parse(body);
        }
        catch (ProtocolException fault)
        {
            DirectoryLog.MalformedDocument(_logger, ConsensusName(flavor), fault);
            return null;
        }
    }

    /// <summary>Reads stored documents; malformed ones are skipped.</summary>
    public async Task ReadDocumentsAsync(string name, string firstKeyword, Action<ReadOnlyMemory<byte>> add, CancellationToken ct)
    {
        foreach (var document in DocumentReader.Split(await ReadAsync(name, ct), firstKeyword))
        {
            try
            {
                add(document);
            }
            catch (ProtocolException fault)
            {
                DirectoryLog.MalformedDocument(_logger, name, fault);
            }
        }
    }
}
