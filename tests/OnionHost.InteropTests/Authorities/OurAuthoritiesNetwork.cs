namespace OnionHost.InteropTests;

/// <summary>Stock relays, a stock client and a stock service on three authorities of ours, and no stock one.</summary>
public sealed class OurAuthoritiesNetwork : StockNetwork
{
    private readonly List<OurAuthority> _authorities = [];

    /// <summary>The authorities.</summary>
    internal IReadOnlyList<OurAuthority> Ours => _authorities;

    /// <summary>What the authorities serve instead of their documents.</summary>
    internal SpoiledDocuments Spoiled { get; } = new();

    protected override StockShape Shape => new()
    {
        Authorities = 0,
        Relays = 3,
        Exits = 2,
        More = [.. _authorities.SelectMany(authority => new[] { "--foreign-authority", authority.Server.Self.ToString() })],
    };

    protected override async Task OnInitializingAsync()
    {
        var folder = MakeFolder("authorities");
        _authorities.AddRange(await Task.WhenAll(
            Enumerable.Range(1, 3).Select(i => Task.Run(() => OurAuthority.ListenAsync(folder, $"ours{i}", Spoiled)))));
    }

    protected override Task OnInitializedAsync()
    {
        foreach (var authority in _authorities)
        {
            authority.Vote(this);
            authority.Publish(this);
        }

        return Task.CompletedTask;
    }

    protected override Task OnStartedAsync()
    {
        AssertNoComplaints(isEarly: true);
        return Task.CompletedTask;
    }

    protected override async Task OnStoppingAsync()
    {
        foreach (var authority in _authorities)
        {
            await authority.DisposeAsync();
        }
    }
}
