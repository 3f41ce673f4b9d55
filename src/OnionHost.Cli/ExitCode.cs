using System.Net.Sockets;
using OnionHost.Protocol;

namespace OnionHost.Cli;

/// <summary>The exit codes, which scripts rely on: docs/tool.md lists them.</summary>
internal static class ExitCode
{
    /// <summary>Done, or ended as asked.</summary>
    public const int Ended = 0;

    /// <summary>It failed for another reason than those below.</summary>
    public const int Failed = 1;

    /// <summary>Options are wrong or missing.</summary>
    public const int WrongOptions = 2;

    /// <summary>The data directory is used by another process.</summary>
    public const int DirectoryInUse = 3;

    /// <summary>The data directory cannot be written.</summary>
    public const int DirectoryUnusable = 4;

    /// <summary>A port is taken or not allowed.</summary>
    public const int PortUnavailable = 5;

    /// <summary>A key file is unreadable or belongs to something else.</summary>
    public const int KeyUnusable = 6;

    /// <summary>The network file is missing or malformed.</summary>
    public const int NetworkFile = 7;

    /// <summary>Not more than half of the network's authorities answer.</summary>
    public const int NoMajority = 8;

    /// <summary>This machine's clock is off.</summary>
    public const int ClockOff = 9;

    /// <summary>What was asked for does not exist or cannot be reached: a name, a page, an onion service, a cookie, a running process.</summary>
    public const int NotFound = 10;

    /// <summary>A document is malformed, or its signature is wrong.</summary>
    public const int Invalid = 11;

    /// <summary>A command that was not done yet was interrupted.</summary>
    public const int Interrupted = 130;

    /// <summary>The code that tells of a failure.</summary>
    public static int Of(Exception fault) => fault switch
    {
        ToolException tool => tool.Code,
        TorException { Cause: not TorCause.Unspecified } tor => Of(tor.Cause),
        ProtocolException => Invalid,
        OnionException or TorException { Kind: TorErrorKind.Remote } => NotFound,
        _ => Failed,
    };

    /// <summary>True for failures that a person can do something about: their message is enough.</summary>
    public static bool IsExplained(Exception fault) =>
        fault is ToolException or TorException or IOException or UnauthorizedAccessException or SocketException or HttpRequestException;

    private static int Of(TorCause cause) => cause switch
    {
        TorCause.DirectoryInUse => DirectoryInUse,
        TorCause.DirectoryUnusable => DirectoryUnusable,
        TorCause.PortUnavailable => PortUnavailable,
        TorCause.KeyUnusable => KeyUnusable,
        TorCause.NetworkFile => NetworkFile,
        TorCause.NoMajority => NoMajority,
        TorCause.ClockOff => ClockOff,
        _ => Failed,
    };
}
