using System.CommandLine;
using OnionHost.Benchmarks.AgainstTor;
using OnionHost.Benchmarks.AgainstTor.Own;

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

// What this program starts as its own processes: one for the network, one for the client, one for the service.
var authorities = new Option<string[]>("--authority");
var target = new Option<int>("--target");
var network = new Command("serve-network") { Hidden = true };
network.SetAction((_, cancellationToken) => Served.NetworkAsync(cancellationToken));
var client = new Command("serve-client") { authorities };
client.Hidden = true;
client.SetAction((parsed, cancellationToken) => Served.ClientAsync(parsed.GetValue(authorities)!, cancellationToken));
var service = new Command("serve-service") { authorities, target };
service.Hidden = true;
service.SetAction((parsed, cancellationToken) => Served.ServiceAsync(parsed.GetValue(authorities)!, parsed.GetValue(target), cancellationToken));
root.Add(network);
root.Add(client);
root.Add(service);
return await root.Parse(args).InvokeAsync();
