using System.Runtime.InteropServices;
using OnionHost.Cli;

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
