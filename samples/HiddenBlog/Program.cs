using System.CommandLine;
using System.Globalization;
using HiddenBlog.Launch;

// A hidden blog on a whole onion network inside one process. `dotnet run -- --help` lists the options.
var data = new Option<string>("--data")
{
    Description = "Where posts, keys and cookies are kept",
    HelpName = "DIR",
    DefaultValueFactory = _ => BlogDirectory.Default,
};
var socks = new Option<int>("--socks")
{
    Description = "The SOCKS port for curl and browsers on this machine; 0 picks a free one",
    HelpName = "PORT",
    DefaultValueFactory = _ => 0,
    CustomParser = result =>
    {
        if (ushort.TryParse(result.Tokens.Count == 1 ? result.Tokens[0].Value : null, NumberStyles.None, CultureInfo.InvariantCulture, out var port))
        {
            return port;
        }

        result.AddError("--socks takes a port from 0 to 65535; 0 picks a free one.");
        return 0;
    },
};
var json = new Option<bool>("--json") { Description = "One JSON object a line instead of pictures" };
var verbose = new Option<bool>("--verbose") { Description = "Log more, on standard error" };
var root = new RootCommand("A blog on an onion address, with an onion network of its own, in one process.") { data, socks, json, verbose };
root.SetAction((parsed, cancellation) => BlogLaunch.RunAsync(
    new BlogOptions(parsed.GetValue(data)!, parsed.GetValue(socks), parsed.GetValue(json), parsed.GetValue(verbose)), cancellation));

var command = root.Parse(args);
if (command.Errors.Count > 0)
{
    foreach (var error in command.Errors.Select(error => error.Message).Distinct())
    {
        await Console.Error.WriteLineAsync($"HiddenBlog: {error}");
    }

    await Console.Error.WriteLineAsync("HiddenBlog: --help lists the options.");
    return ExitCode.WrongOptions;
}

// The host has its own handling of Ctrl-C and SIGTERM.
return await command.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false });
