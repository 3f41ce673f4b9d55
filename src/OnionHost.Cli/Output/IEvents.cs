namespace OnionHost.Cli.Output;

/// <summary>Where a command says what happens: to people, or to programs.</summary>
internal interface IEvents
{
    /// <summary>True if programs read it.</summary>
    bool IsJson { get; }

    /// <summary>Something happened.</summary>
    /// <param name="name">The event's name.</param>
    /// <param name="text">For people; empty if they need not know.</param>
    /// <param name="facts">For programs; null values are left out.</param>
    void Tell(string name, string text, params ReadOnlySpan<(string Name, object? Value)> facts);

    /// <summary>The command failed.</summary>
    void Fail(int code, string message);
}
