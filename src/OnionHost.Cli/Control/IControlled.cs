using System.Text.Json.Nodes;

namespace OnionHost.Cli.Control;

/// <summary>What a running process tells and takes through its control socket.</summary>
internal interface IControlled
{
    /// <summary>What it looks like now.</summary>
    JsonObject Describe();

    /// <summary>Does what is asked for besides <c>status</c>; null if it does not know how.</summary>
    /// <exception cref="Protocol.TorException">It cannot be done; the message says why.</exception>
    JsonObject? Handle(string verb, JsonObject request) => null;
}
