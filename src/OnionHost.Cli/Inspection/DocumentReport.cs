namespace OnionHost.Cli.Inspection;

/// <summary>What a document says, and what was checked.</summary>
/// <param name="kind">What kind of document it is.</param>
internal sealed class DocumentReport(string kind)
{
    private readonly List<(string Name, object? Value)> _facts = [];
    private readonly List<(string What, bool? IsGood)> _checks = [];

    /// <summary>What kind of document it is.</summary>
    public string Kind => kind;

    /// <summary>What it says, in the order of reading.</summary>
    public IReadOnlyList<(string Name, object? Value)> Facts => _facts;

    /// <summary>What was checked; null could not be checked, and says why.</summary>
    public IReadOnlyList<(string What, bool? IsGood)> Checks => _checks;

    /// <summary>False if a check failed.</summary>
    public bool IsGood => _checks.All(check => check.IsGood != false);

    /// <summary>Notes a fact.</summary>
    public DocumentReport Say(string name, object? value)
    {
        _facts.Add((name, value));
        return this;
    }

    /// <summary>Notes a check; null for one that could not be made.</summary>
    public DocumentReport Check(string what, bool? isGood)
    {
        _checks.Add((what, isGood));
        return this;
    }
}
