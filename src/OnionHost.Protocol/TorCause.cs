namespace OnionHost.Protocol;

/// <summary>Causes that a program, or a script behind an exit code, may want to tell apart.</summary>
public enum TorCause
{
    /// <summary>Nothing that is told apart; the message says what it is.</summary>
    Unspecified,

    /// <summary>Another process has the data or key directory.</summary>
    DirectoryInUse,

    /// <summary>A data directory or a file in it cannot be made, read or written.</summary>
    DirectoryUnusable,

    /// <summary>A port is taken, or this user must not listen on it.</summary>
    PortUnavailable,

    /// <summary>A key file is damaged, unreadable, or belongs to something else.</summary>
    KeyUnusable,

    /// <summary>The description of the network is missing or malformed.</summary>
    NetworkFile,

    /// <summary>Too few directory authorities answer.</summary>
    NoMajority,

    /// <summary>This machine's clock is off.</summary>
    ClockOff,
}
