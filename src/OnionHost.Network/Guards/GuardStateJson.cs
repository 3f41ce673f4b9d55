using System.Text.Json.Serialization;

namespace OnionHost.Network.Guards;

/// <summary>The JSON form of the guard set's file.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(GuardState))]
internal sealed partial class GuardStateJson : JsonSerializerContext;
