using Microsoft.Extensions.Logging;

namespace OnionHost.Network;

/// <summary>
/// Background work with an owner: it has a name, logs what goes wrong, backs off and goes on after a fault
/// (1 s, doubled up to 1 minute), and ends when it is disposed.
/// </summary>
internal sealed class BackgroundLoop : IAsyncDisposable
{
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource _stop = new();
    private readonly NodeContext _context;
    private readonly ILogger _logger;
    private readonly string _name;
    private readonly Task _task;

    private BackgroundLoop(string name, NodeContext context, Func<CancellationToken, Task> body)
    {
        _name = name;
        _context = context;
        _logger = context.Loggers.CreateLogger<BackgroundLoop>();
        _task = Task.Run(() => RunAsync(body));
    }

    /// <summary>Starts the work. When <paramref name="body"/> returns, the loop has ended; when it throws, it is called again.</summary>
    /// <param name="name">What the log calls it.</param>
    /// <param name="context">Time and logs.</param>
    /// <param name="body">The work; it ends soon after its token is cancelled.</param>
    public static BackgroundLoop Start(string name, NodeContext context, Func<CancellationToken, Task> body) => new(name, context, body);

    /// <summary>Calls <paramref name="step"/> again and again with <paramref name="pause"/> between the calls, the first at once.</summary>
    public static BackgroundLoop Every(TimeSpan pause, string name, NodeContext context, Func<CancellationToken, Task> step) =>
        new(name, context, async stop =>
        {
            while (!stop.IsCancellationRequested)
            {
                await step(stop);
                await Task.Delay(pause, context.Time, stop);
            }
        });

    /// <summary>Asks the work to end, and waits for it.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _task;
        _stop.Dispose();
    }

    private async Task RunAsync(Func<CancellationToken, Task> body)
    {
        var backoff = FirstBackoff;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await body(_stop.Token);
                return;
            }
            catch (Exception) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                NodeLog.BackgroundFault(_logger, fault, _name, backoff);
            }

            await Task.Delay(backoff, _context.Time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            backoff = backoff * 2 > LongestBackoff ? LongestBackoff : backoff * 2;
        }
    }
}
