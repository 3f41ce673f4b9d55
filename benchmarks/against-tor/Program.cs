using System.CommandLine;
using OnionHost.Benchmarks.AgainstTor;

// The same work on a private network of stock tor and on one of OnionHost, in turn, on one machine; prints both and the ratios.
var kit = new Option<FileInfo>("--kit") { Description = "The program 'tornet', which runs private networks of stock tor.", DefaultValueFactory = _ => new FileInfo("../shared/tornet/tornet") };
var megabytes = new Option<int>("--mb") { Description = "Megabytes of a download.", DefaultValueFactory = _ => 60 };
var rounds = new Option<int>("--rounds") { Description = "How often everything is done; medians are printed.", DefaultValueFactory = _ => 3 };
var requests = new Option<int>("--requests") { Description = "Requests whose first byte is timed, a round.", DefaultValueFactory = _ => 3 };
var json = new Option<bool>("--json") { Description = "One JSON object a line instead of the table." };
var root = new RootCommand("Compares OnionHost with stock tor.") { kit, megabytes, rounds, requests, json };
root.SetAction((parsed, cancellationToken) => Comparison.RunAsync(
    parsed.GetValue(kit)!.FullName,
    new Workload(parsed.GetValue(megabytes) * 1_000_000L, parsed.GetValue(rounds), parsed.GetValue(requests)),
    parsed.GetValue(json),
    cancellationToken));
return await root.Parse(args).InvokeAsync();
