namespace OnionHost.AspNetCore.Builder;

/// <summary>Marks an endpoint that exists for onion visitors only.</summary>
internal sealed class RequireOnionMetadata
{
}
