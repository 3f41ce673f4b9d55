using Microsoft.Extensions.Logging;

namespace OnionHost.Network.Directory;

/// <summary>Log messages about directories (1500 to 1599).</summary>
internal static partial class DirectoryLog
{
    [LoggerMessage(1500, LogLevel.Warning, "A directory request could not be answered")]
    public static partial void ResourceFault(ILogger logger, Exception fault);

    [LoggerMessage(1501, LogLevel.Debug, "A directory connection ended early")]
    public static partial void ConnectionFault(ILogger logger, Exception fault);

    [LoggerMessage(1502, LogLevel.Debug, "{Count} documents could not be fetched")]
    public static partial void BatchFault(ILogger logger, int count, Exception fault);

    [LoggerMessage(1503, LogLevel.Debug, "A document '{Kind}' is malformed and skipped")]
    public static partial void MalformedDocument(ILogger logger, string kind, Exception fault);

    [LoggerMessage(1504, LogLevel.Warning, "The directory file {Path} cannot be used; the node works without it, but starts more slowly")]
    public static partial void FileFault(ILogger logger, string path, Exception fault);

    [LoggerMessage(1505, LogLevel.Information, "The network is known: {Relays} relays, consensus of {ValidAfter:u}")]
    public static partial void Ready(ILogger logger, int relays, DateTimeOffset validAfter);

    [LoggerMessage(1506, LogLevel.Debug, "New consensus of {ValidAfter:u}: {Relays} relays known")]
    public static partial void NewView(ILogger logger, DateTimeOffset validAfter, int relays);

    [LoggerMessage(1507, LogLevel.Warning, "Learning about the network does not get on: {Problem}")]
    public static partial void Stuck(ILogger logger, string problem);

    [LoggerMessage(1508, LogLevel.Debug, "A directory update failed; the next attempt is in {Wait}: {Problem}")]
    public static partial void UpdateFault(ILogger logger, TimeSpan wait, string problem);

    [LoggerMessage(1509, LogLevel.Debug, "A consensus diff cannot be used; the whole consensus is fetched")]
    public static partial void DiffFault(ILogger logger, Exception fault);

    [LoggerMessage(1510, LogLevel.Warning, "There is no newer consensus than that of {ValidAfter:u}, which is used until {Until:u}: {Reason}")]
    public static partial void Overdue(ILogger logger, DateTimeOffset validAfter, DateTimeOffset until, string reason);

    [LoggerMessage(1511, LogLevel.Information, "There is a newer consensus again, of {ValidAfter:u}")]
    public static partial void NoLongerOverdue(ILogger logger, DateTimeOffset validAfter);

    [LoggerMessage(1512, LogLevel.Warning, "{Name} {Version} is {Fault} for {Role} of this network, which recommends {Recommended}. Update it: it may lack what others rely on, or have known faults")]
    public static partial void Outdated(ILogger logger, string name, string version, string fault, string role, string recommended);
}
