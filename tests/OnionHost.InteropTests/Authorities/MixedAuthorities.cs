namespace OnionHost.InteropTests;

/// <summary>A network whose authorities are partly stock and partly ours, with a few stock relays, one exit, and a relay of ours.</summary>
internal sealed class MixedAuthorities(int stock, int ours) : StockNetwork
{
    private readonly List<OurAuthority> _ours = [];
    private Task _joined = Task.CompletedTask;

    /// <summary>Ours.</summary>
    public IReadOnlyList<OurAuthority> Ours => _ours;

    /// <summary>A relay of ours, which leaves when the test says so.</summary>
    public OurRelay Relay { get; private set; } = null!;

    /// <summary>The stock ones.</summary>
    public IEnumerable<StockNode> Stock => Nodes.Where(node => node.Nickname.StartsWith("auth", StringComparison.Ordinal));

    /// <summary>What stock logs may call our nodes.</summary>
    public IEnumerable<string> Markers => _ours
        .SelectMany(authority => new[] { authority.Nickname, authority.Server.Self.V3Identity.ToString(), authority.Server.Self.Fingerprint.ToString() })
        .Append(Relay.Fingerprint);

    protected override StockShape Shape => new()
    {
        Authorities = stock,
        Relays = 1,
        Exits = 1,
        Clients = 0,
        Services = 0,
        More = [.. _ours.SelectMany(authority => new[] { "--foreign-authority", authority.Server.Self.ToString() }), "--interval", "10"],
    };

    protected override async Task OnInitializingAsync()
    {
        var folder = MakeFolder("authorities");
        _ours.AddRange(await Task.WhenAll(Enumerable.Range(1, ours).Select(i => Task.Run(() => OurAuthority.ListenAsync(folder, $"ours{i}")))));
    }

    protected override async Task OnInitializedAsync()
    {
        Relay = await OurRelay.ListenAsync(this, "leaver");
        foreach (var authority in _ours)
        {
            authority.Vote(this);
        }

        _joined = Task.Run(async () =>
        {
            await AuthoritiesListenAsync();
            _ours.ForEach(authority => authority.Publish(this));
            Relay.Join(this);
        });
    }

    protected override Task OnStartedAsync() => _joined;

    protected override async Task OnStoppingAsync()
    {
        if (Relay is not null)
        {
            await Relay.DisposeAsync();
        }

        foreach (var authority in _ours)
        {
            await authority.DisposeAsync();
        }
    }
}
