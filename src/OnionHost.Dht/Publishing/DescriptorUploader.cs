using Microsoft.Extensions.Logging;
using OnionHost.Dht.Ring;
using OnionHost.Network;
using OnionHost.Protocol;

namespace OnionHost.Dht.Publishing;

/// <summary>
/// Gives a descriptor to the responsible directories, all at once, each over an anonymous circuit of its own. When to publish, and what,
/// is for the service to decide.
/// </summary>
internal sealed class DescriptorUploader
{
    private const int Attempts = 3;
    private const string Path = "/tor/hs/3/publish";
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(2);

    private readonly NodeContext _context;
    private readonly IHsDirTransport _transport;
    private readonly ILogger _logger;

    public DescriptorUploader(NodeContext context, IHsDirTransport transport)
    {
        _context = context;
        _transport = transport;
        _logger = context.Loggers.CreateLogger<DescriptorUploader>();
    }

    /// <summary>Uploads, with up to 3 attempts for each directory, 2 and 4 seconds apart.</summary>
    /// <param name="text">The descriptor.</param>
    /// <param name="directories">Who is responsible: <see cref="DescriptorMap.ForUpload"/>.</param>
    /// <param name="cancellationToken">Stops all uploads.</param>
    /// <returns>How each upload ended; failures are not thrown.</returns>
    public async Task<UploadResult> PublishAsync(string text, IReadOnlyList<HsDir> directories, CancellationToken cancellationToken)
    {
        var body = System.Text.Encoding.ASCII.GetBytes(text);
        var uploads = await Task.WhenAll(directories.Select(directory => UploadAsync(directory, body, cancellationToken)));
        var result = new UploadResult([.. uploads]);
        DhtLog.Uploaded(_logger, result.Stored, result.Asked);
        return result;
    }

    private async Task<HsDirUpload> UploadAsync(HsDir directory, byte[] body, CancellationToken cancellationToken)
    {
        var pause = FirstPause;
        for (var attempt = 1; ; attempt++)
        {
            var upload = await AttemptAsync(directory, body, cancellationToken);
            if (upload.Outcome != UploadOutcome.Unreachable || attempt == Attempts)
            {
                return upload;
            }

            DhtLog.UploadMissed(_logger, upload.Reason!);
            await Task.Delay(pause, _context.Time, cancellationToken);
            pause *= 2;
        }
    }

    private async Task<HsDirUpload> AttemptAsync(HsDir directory, byte[] body, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(AnswerTime, _context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var answer = await _transport.PostAsync(directory, Path, body, either.Token);
            return answer.Status switch
            {
                200 => new HsDirUpload(directory, UploadOutcome.Stored, null),
                400 => new HsDirUpload(directory, UploadOutcome.Refused, answer.Reason),
                _ => new HsDirUpload(directory, UploadOutcome.Unreachable, answer.Reason),
            };
        }
        catch (Exception e) when (e is TorException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return new HsDirUpload(directory, UploadOutcome.Unreachable, e.Message);
        }
    }
}
