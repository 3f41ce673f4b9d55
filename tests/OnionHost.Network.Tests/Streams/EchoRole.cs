using System.IO.Pipelines;
using OnionHost.Network.Relays;
using OnionHost.Network.Streams;
using OnionHost.Protocol.Messages;

namespace OnionHost.Network.Tests.Streams;

/// <summary>Takes every stream; what it does with it is the host's name: echo, sink, hold, source-N.</summary>
internal sealed class EchoRole : IStreamRole
{
    public List<InboundStream> Held { get; } = [];

    public List<TorStream> Accepted { get; } = [];

    public bool TryBegin(RelayCircuit circuit, InboundStream stream)
    {
        if (stream.Command != RelayCommand.Begin)
        {
            return false;
        }

        var host = stream.Begin().Host;
        if (host == "hold")
        {
            lock (Held)
            {
                Held.Add(stream);
            }

            return true;
        }

        if (host == "refuse")
        {
            stream.Refuse(EndReason.ConnectRefused);
            return true;
        }

        var open = stream.Accept(default);
        lock (Accepted)
        {
            Accepted.Add(open);
        }

        _ = Task.Run(() => host switch
        {
            "echo" => open.Input.CopyToAsync(open.Output).ContinueWith(_ => open.Output.Complete(), TaskScheduler.Default),
            "sink" => open.Input.CopyToAsync(Stream.Null),
            _ when host.StartsWith("source-", StringComparison.Ordinal) => WriteAsync(open, int.Parse(host[7..])),
            _ => Task.CompletedTask,
        });
        return true;
    }

    /// <summary>The bytes that a source sends: the same for everybody.</summary>
    public static byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        for (var i = 0; i < count; i++)
        {
            bytes[i] = (byte)((i * 31) ^ (i >> 8) ^ (i >> 16));
        }

        return bytes;
    }

    private static async Task WriteAsync(TorStream stream, int count)
    {
        await stream.Output.WriteAsync(Bytes(count));
        await stream.Output.CompleteAsync();
    }
}
