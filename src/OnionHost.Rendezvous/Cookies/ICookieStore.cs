namespace OnionHost.Rendezvous.Cookies;

/// <summary>Where a service's cookies survive a restart.</summary>
internal interface ICookieStore
{
    /// <summary>All that is stored; what cannot be read is skipped and logged.</summary>
    IReadOnlyList<StoredCookie> Load();

    /// <summary>Stores or replaces one.</summary>
    void Save(StoredCookie cookie);

    /// <summary>Forgets one; nothing happens if there is none of that name.</summary>
    void Delete(string name);
}
