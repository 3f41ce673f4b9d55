namespace OnionHost.Protocol.Identities;

/// <summary>A relay's nickname: 1 to 19 ASCII letters and digits (dir-spec 2.1.3). It proves nothing.</summary>
public readonly record struct Nickname
{
    private readonly string? _value;

    private Nickname(string value)
    {
        _value = value;
    }

    /// <summary>Reads a nickname.</summary>
    /// <exception cref="ProtocolException">It is not 1 to 19 ASCII letters and digits.</exception>
    public static Nickname Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out var nickname)
            ? nickname
            : throw new ProtocolException("A nickname is 1 to 19 ASCII letters and digits.");

    /// <summary>Reads a nickname; false if it is none.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Nickname nickname)
    {
        nickname = default;
        if (text.Length is < 1 or > 19)
        {
            return false;
        }

        foreach (var character in text)
        {
            if (!char.IsAsciiLetterOrDigit(character))
            {
                return false;
            }
        }

        nickname = new Nickname(text.ToString());
        return true;
    }

    /// <summary>The nickname; <c>Unnamed</c> for the default value.</summary>
    public override string ToString() => _value ?? "Unnamed";
}
