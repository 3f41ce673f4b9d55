using OnionHost.Network.Links.Traffic;
using OnionHost.Protocol;
using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Identities;
using OnionHost.Protocol.Messages;
using OnionHost.Rendezvous.Introductions;

namespace OnionHost.Rendezvous.Relays;

/// <summary>The services that a relay is an introduction point for, at most <c>capacity</c> of them (rend-spec-v3 3).</summary>
internal sealed class IntroductionPoints
{
    private const int MaxIntroduce1 = 490;

    private readonly Lock _lock = new();
    private readonly Dictionary<Ed25519Identity, Entry> _byKey = [];
    private readonly TimeProvider _time;
    private readonly int _capacity;
    private IntroductionLimit? _defaultLimit;

    /// <summary>Creates an empty table.</summary>
    public IntroductionPoints(TimeProvider time, int capacity)
    {
        _time = time;
        _capacity = capacity;
    }

    /// <summary>The limit of services that do not say what they want; null for none. Setting another concerns those that are here too.</summary>
    public IntroductionLimit? DefaultLimit
    {
        get
        {
            lock (_lock)
            {
                return _defaultLimit;
            }
        }

        set
        {
            lock (_lock)
            {
                if (value == _defaultLimit)
                {
                    return;
                }

                _defaultLimit = value;
                foreach (var (key, entry) in _byKey.Where(pair => !pair.Value.IsOwnLimit).ToList())
                {
                    _byKey[key] = entry with { Limit = Bucket(value) };
                }
            }
        }
    }

    /// <summary>How many there are.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _byKey.Count;
            }
        }
    }

    /// <summary>How many of them have a limit.</summary>
    public int LimitedCount
    {
        get
        {
            lock (_lock)
            {
                return _byKey.Values.Count(entry => entry.Limit is not null);
            }
        }
    }

    /// <summary>ESTABLISH_INTRO: the circuit becomes the service's; an older one of the same key is closed.</summary>
    /// <returns>The key to give to <see cref="Remove"/> when the circuit ends.</returns>
    /// <exception cref="ProtocolException">It is malformed or not the key owner's.</exception>
    public Ed25519Identity Establish(IRoleCircuit circuit, ReadOnlySpan<byte> body)
    {
        var message = EstablishIntroduction.Open(body, circuit.Binding.Span);
        var decides = IntroductionLimit.TryRead(message.Extensions, out var asked);
        Entry? before;
        lock (_lock)
        {
            if (!_byKey.TryGetValue(message.AuthKey, out before) && _byKey.Count >= _capacity)
            {
                throw new TorException(TorErrorKind.Local, "This relay is an introduction point for as many services as it can be.", isTransient: true);
            }

            _byKey[message.AuthKey] = new Entry(circuit, Bucket(decides ? asked : _defaultLimit), decides);
        }

        before?.Service.Close(DestroyReason.Finished);
        Acknowledge(circuit);
        return message.AuthKey;
    }

    /// <summary>INTRODUCE1: passes it on to the service, and tells the client whether that was possible.</summary>
    public void Introduce(IRoleCircuit client, ReadOnlySpan<byte> body)
    {
        var status = PassOn(body);
        Span<byte> buffer = stackalloc byte[8];
        var writer = new SpanWriter(buffer);
        new IntroduceAckMessage(status).Write(ref writer);
        client.Send(RelayCommand.IntroduceAck, writer.Written);
    }

    /// <summary>Forgets a circuit; a newer one of the same key stays.</summary>
    public void Remove(Ed25519Identity key, IRoleCircuit circuit)
    {
        lock (_lock)
        {
            if (_byKey.TryGetValue(key, out var entry) && ReferenceEquals(entry.Service, circuit))
            {
                _byKey.Remove(key);
            }
        }
    }

    private static void Acknowledge(IRoleCircuit circuit)
    {
        Span<byte> buffer = stackalloc byte[8];
        var writer = new SpanWriter(buffer);
        new IntroEstablishedMessage([]).Write(ref writer);
        circuit.Send(RelayCommand.IntroEstablished, writer.Written);
    }

    private TokenBucket? Bucket(IntroductionLimit? limit) => limit is { } some ? new TokenBucket(_time, some.Rate, some.Burst) : null;

    private ushort PassOn(ReadOnlySpan<byte> body)
    {
        Entry? entry;
        try
        {
            var reader = new SpanReader(body);
            Introduce1Message.Read(ref reader);
            reader = new SpanReader(body);
            var key = Introduce1Message.ReadAuthKey(ref reader);
            lock (_lock)
            {
                _byKey.TryGetValue(key, out entry);
            }
        }
        catch (ProtocolException)
        {
            return IntroduceAckMessage.BadFormat;
        }

        if (entry is null)
        {
            return IntroduceAckMessage.UnknownService;
        }

        if (body.Length > MaxIntroduce1 || entry.Limit?.TrySpend() == false)
        {
            return IntroduceAckMessage.CannotRelay;
        }

        entry.Service.Send(RelayCommand.Introduce2, body);
        return IntroduceAckMessage.Success;
    }

    private sealed record Entry(IRoleCircuit Service, TokenBucket? Limit, bool IsOwnLimit);
}
