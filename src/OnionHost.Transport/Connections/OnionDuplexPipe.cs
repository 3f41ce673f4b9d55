using System.IO.Pipelines;

namespace OnionHost.Transport.Connections;

/// <summary>The two pipes of a connection, side by side.</summary>
internal sealed class OnionDuplexPipe(PipeReader input, PipeWriter output) : IDuplexPipe
{
    public PipeReader Input => input;

    public PipeWriter Output => output;
}
