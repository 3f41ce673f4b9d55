using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OnionHost.Network.Networks;
using OnionHost.Protocol;
using OnionHost.Transport;

namespace OnionHost.AspNetCore.Configuration;

/// <summary>Looks at the options, and at the server's own settings where they contradict them; names every fault with its key.</summary>
internal sealed class OnionOptionsValidator(IConfiguration configuration, IHostEnvironment environment) : IValidateOptions<OnionOptions>
{
    public ValidateOptionsResult Validate(string? name, OnionOptions options)
    {
        if (!options.Enabled)
        {
            return ValidateOptionsResult.Skip;
        }

        List<string> faults =
        [
            .. NetworkFaults(options),
            .. ServiceFaults(options),
            .. SharedDirectoryFaults(options),
            .. OnionUrlFaults.In(configuration),
        ];
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private IEnumerable<string> NetworkFaults(OnionOptions options)
    {
        if (options.SocksPort is < 0 or > IPEndPoint.MaxPort)
        {
            yield return $"Onion:SocksPort: {options.SocksPort} is no port; 0 takes a free one.";
        }

        if (string.IsNullOrWhiteSpace(options.DataDirectory))
        {
            yield return "Onion:DataDirectory: it is empty; the services' keys have to be kept somewhere.";
        }

        if (OnionNetworkChoice.IsPublic(options, environment))
        {
            yield return "Onion:Network: the public Tor network is not wired yet. Set it to 'Local' for the embedded network (it hides "
                + "nobody), or to a file with the DirAuthority lines of a network of yours; see docs/hosting.md.";
        }
        else if (!OnionNetworkChoice.IsLocal(options, environment) && AuthorityFileFault(options) is { } fault)
        {
            yield return fault;
        }
    }

    private string? AuthorityFileFault(OnionOptions options)
    {
        try
        {
            NetworkDescription.Read(OnionPaths.Full(options.Network!, environment));
            return null;
        }
        catch (TorException fault)
        {
            return $"Onion:Network: {fault.Message} It takes 'Local', or a file of directory authorities.";
        }
    }

    private static IEnumerable<string> ServiceFaults(OnionOptions options)
    {
        foreach (var (name, service) in options.Services)
        {
            var key = $"Onion:Services:{name}";
            if (!OnionEndPoint.IsServiceName(name))
            {
                yield return $"{key}: a service's name is 1 to 64 letters, digits, '-' and '_'. The .onion address follows from its key.";
            }

            foreach (var port in service.Ports.Where(port => port is < 1 or > IPEndPoint.MaxPort))
            {
                yield return $"{key}:Ports: {port} is no port from 1 to 65535.";
            }

            if (service.Ports.Distinct().Count() != service.Ports.Count)
            {
                yield return $"{key}:Ports: a port is named twice.";
            }

            if (service.IntroductionPoints is < 1 or > 20)
            {
                yield return $"{key}:IntroductionPoints: {service.IntroductionPoints} is not from 1 to 20.";
            }

            if (service.MaxStreamsPerCircuit is < 1 or > ushort.MaxValue)
            {
                yield return $"{key}:MaxStreamsPerCircuit: {service.MaxStreamsPerCircuit} is not from 1 to 65535.";
            }

            if (service is { AllowDescriptorOnlyCookies: true, RequireCookie: false })
            {
                yield return $"{key}:AllowDescriptorOnlyCookies: it has a meaning only with RequireCookie.";
            }
        }
    }

    private IEnumerable<string> SharedDirectoryFaults(OnionOptions options) => options.Services
        .GroupBy(service => OnionPaths.Keys(service.Key, service.Value, options, environment), StringComparer.Ordinal)
        .Where(group => group.Count() > 1)
        .Select(group => $"Onion:Services: {string.Join(" and ", group.Select(service => $"'{service.Key}'"))} share the key directory {group.Key}.");
}
