using System.Text.Json.Serialization;

namespace OnionHost.Network.Paths;

/// <summary>The JSON form of the build times' file.</summary>
[JsonSourceGenerationOptions(WriteIndented = true)]
[JsonSerializable(typeof(BuildTimesState))]
internal sealed partial class BuildTimesJson : JsonSerializerContext;
