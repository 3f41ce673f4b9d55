using System.Net;
using System.Net.Sockets;
using System.Text;
using OnionHost.Network.Circuits;
using OnionHost.Protocol;

namespace OnionHost.FunctionalTests.BadInput;

/// <summary>Sends changed requests and documents to directories, over TCP and through circuits.</summary>
internal sealed class DocumentSiege(BesiegedNetwork network, CancellationToken stop)
{
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromMilliseconds(200);

    private readonly HostileDocuments _documents = new(network);
    private int _sent;

    /// <summary>Changed requests that were written.</summary>
    public int Sent => _sent;

    /// <summary>Sends requests over TCP, one after the other.</summary>
    public async Task SendAsync(IPEndPoint dirPort, int count, Mutator mutator)
    {
        for (var i = 0; i < count; i++)
        {
            using var client = new TcpClient();
            await client.ConnectAsync(dirPort, stop);
            var stream = client.GetStream();
            try
            {
                await stream.WriteAsync(_documents.Request(mutator), stop);
                client.Client.Shutdown(SocketShutdown.Send);
                await CheckAsync(stream, stop);
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                // It had read enough.
            }

            Interlocked.Increment(ref _sent);
        }
    }

    /// <summary>Sends requests to the directory at the end of circuits, one after the other.</summary>
    public async Task SendAsync(Func<Task<ClientCircuit>> build, int count, Mutator mutator)
    {
        ClientCircuit? circuit = null;
        for (var i = 0; i < count; i++)
        {
            circuit = circuit is { IsOpen: true } ? circuit : await build();
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
            limit.CancelAfter(LongestAnswer);
            try
            {
                await using var opened = await circuit.LastHop.OpenDirectoryAsync(stop);
                await using var stream = opened.AsStream();
                await stream.WriteAsync(_documents.Request(mutator), stop);
                await stream.FlushAsync(stop);
                Interlocked.Increment(ref _sent);
                await CheckAsync(stream, limit.Token);
            }
            catch (Exception e) when (e is IOException or TorException or OperationCanceledException)
            {
                stop.ThrowIfCancellationRequested();
            }
        }

        circuit?.Close();
    }

    private static async Task CheckAsync(Stream stream, CancellationToken stop)
    {
        using var all = new MemoryStream();
        await stream.CopyToAsync(all, stop);
        var answer = Encoding.Latin1.GetString(all.GetBuffer(), 0, (int)Math.Min(all.Length, 512));
        Assert.Matches(@"\A(HTTP/1\.0 \d\d\d [ -~]*\r\nDate: [^\r\n]*\r\n[\s\S]*)?\z", answer);
    }
}
