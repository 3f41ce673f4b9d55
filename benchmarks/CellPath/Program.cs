using OnionHost.Benchmarks.CellPath;

// CellPath [megabytes] [streams] [rounds] [up|down]: a client, three relays and a server in this process, over loopback;
// with windows of fixed size and with congestion control in turn.
var megabytes = args.Length > 0 ? int.Parse(args[0]) : 200;
var streams = args.Length > 1 ? int.Parse(args[1]) : 1;
var rounds = args.Length > 2 ? int.Parse(args[2]) : 5;
var isUpload = args.Length > 3 && args[3] == "up";
await using var path = await ThreeHops.StartAsync();
for (var round = 0; round < rounds; round++)
{
    // In turn, so that a noisy machine is noisy to both.
    foreach (var isFixed in new[] { true, false })
    {
        Console.WriteLine(await path.MeasureAsync(megabytes * 1_000_000L, streams, isUpload, isFixed));
    }
}
