using System.Diagnostics;
using OnionHost.Protocol;

namespace OnionHost.Rendezvous;

/// <summary>
/// Spans of the source <c>OnionHost</c>, for whoever traces this process. They say what was done, how long it took and what kind
/// of error ended it; never a destination, an address, a relay or a cookie, and nothing of them goes over the network.
/// </summary>
internal static class OnionActivities
{
    private static readonly ActivitySource Source = new("OnionHost");

    /// <summary>Opening one stream.</summary>
    public static Task<T> ConnectAsync<T>(bool isOnion, Func<Task<T>> connect) =>
        Source.HasListeners() ? TraceAsync("tor connect", isOnion, connect) : connect();

    /// <summary>Uploading an onion service's descriptors.</summary>
    public static Task<T> PublishAsync<T>(Func<Task<T>> publish) => Source.HasListeners() ? TraceAsync("onion publish", true, publish) : publish();

    private static async Task<T> TraceAsync<T>(string name, bool isOnion, Func<Task<T>> work)
    {
        using var activity = Source.StartActivity(name, ActivityKind.Client);
        activity?.SetTag("onionhost.destination", isOnion ? "onion" : "exit");
        try
        {
            return await work().ConfigureAwait(false);
        }
        catch (Exception fault)
        {
            activity?.SetTag("error.type", fault is TorException tor ? $"{tor.GetType().Name}.{tor.Kind}" : fault.GetType().Name);
            activity?.SetStatus(ActivityStatusCode.Error);
            throw;
        }
    }
}
