using OnionHost.Protocol.RelayCrypto;

namespace OnionHost.Protocol.Handshakes;

/// <summary>What a handshake with a relay gives: the layer, and the bytes that bind an ESTABLISH_INTRO to the circuit.</summary>
public sealed class CircuitKeyMaterial : IDisposable
{
    /// <summary>Bytes of <see cref="CircuitBinding"/>.</summary>
    public const int BindingSize = 20;

    /// <summary>Bytes of a tor1 layer's keys and the binding after them.</summary>
    public const int Tor1Size = RelayLayer.Tor1KeySize + BindingSize;

    private CircuitKeyMaterial(RelayLayer layer, ReadOnlySpan<byte> binding)
    {
        Layer = layer;
        CircuitBinding = binding.ToArray();
    }

    /// <summary>The hop's layer; whoever takes it disposes it.</summary>
    public RelayLayer Layer { get; }

    /// <summary>KH (tor-spec 5.2.2), 20 bytes.</summary>
    public ReadOnlyMemory<byte> CircuitBinding { get; }

    /// <summary>Zeroises the layer's keys.</summary>
    public void Dispose() => Layer.Dispose();

    /// <summary>Df 20, Db 20, Kf 16, Kb 16, KH 20.</summary>
    internal static CircuitKeyMaterial FromNtor(ReadOnlySpan<byte> material) =>
        new(RelayLayer.Tor1(material[..RelayLayer.Tor1KeySize]), material.Slice(RelayLayer.Tor1KeySize, BindingSize));

    /// <summary>KH 20, Df 20, Db 20, Kf 16, Kb 16: the order of CREATE_FAST.</summary>
    internal static CircuitKeyMaterial FromFast(ReadOnlySpan<byte> material) =>
        new(RelayLayer.Tor1(material.Slice(BindingSize, RelayLayer.Tor1KeySize)), material[..BindingSize]);
}
