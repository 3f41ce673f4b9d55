using System.Reflection;

namespace OnionHost.Network;

/// <summary>What this software calls itself: in descriptors, and where a network says which versions it recommends.</summary>
internal static class SoftwareVersion
{
    /// <summary>Its name.</summary>
    public const string Name = "OnionHost";

    /// <summary>Its version, three numbers, perhaps with a tag: <c>0.1.0</c>.</summary>
    public static string Number { get; } = typeof(SoftwareVersion).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>The platform of a descriptor (dir-spec 2.1.1).</summary>
    public static string Platform => $"{Name} {Number}";
}
