using OnionHost.Protocol.Encoding;

namespace OnionHost.Protocol.Messages;

/// <summary>RESOLVE: look a name up at the exit (tor-spec 6.4).</summary>
/// <param name="Host">A name, or for a reverse lookup the address's name under in-addr.arpa or ip6.arpa.</param>
public readonly record struct ResolveMessage(string Host)
{
    /// <summary>Reads the body.</summary>
    /// <exception cref="ProtocolException">The terminating NUL is missing, or the text not printable ASCII.</exception>
    public static ResolveMessage Read(ref SpanReader reader) => new(HostText.Read(ref reader));

    /// <summary>Writes the body.</summary>
    public void Write(ref SpanWriter writer) => HostText.Write(ref writer, Host);
}
