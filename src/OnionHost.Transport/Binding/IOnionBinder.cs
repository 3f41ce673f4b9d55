namespace OnionHost.Transport.Binding;

/// <summary>Turns an endpoint that names a service into a place where that service's connections arrive.</summary>
internal interface IOnionBinder
{
    /// <summary>
    /// Loads or makes the service's key and reserves the virtual port. Quick: whatever takes the network goes on in the background.
    /// </summary>
    /// <exception cref="Microsoft.AspNetCore.Connections.AddressInUseException">The port is taken or the key directory is locked.</exception>
    ValueTask<IOnionAcceptor> BindAsync(OnionEndPoint endPoint, CancellationToken cancellationToken);
}
