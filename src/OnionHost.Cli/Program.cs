using System.Runtime.InteropServices;
using OnionHost.Cli;

// What follows a socket's event runs on the thread that saw it: nothing in this program blocks, and handing it to another thread costs a
// fifth of all CPU. Before the first socket; whoever started the process may say otherwise.
const string inlineCompletions = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";
if (Environment.GetEnvironmentVariable(inlineCompletions) is null)
{
    Environment.SetEnvironmentVariable(inlineCompletions, "1");
}

// Ctrl-C and SIGTERM ask politely once; the second time the process ends at once.
using var stop = new CancellationTokenSource();
void OnSignal(PosixSignalContext signal)
{
    signal.Cancel = !stop.IsCancellationRequested;
    stop.Cancel();
}

using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
return await Tool.RunAsync(args, ToolContext.OfProcess(), stop.Token);
