namespace OnionHost.Protocol.Directory.Consensuses;

/// <summary>Which of the two documents of a voting round (dir-spec 3.9): both list the same relays.</summary>
public enum ConsensusFlavor
{
    /// <summary>Refers to server descriptors by SHA-1; signed over SHA-1.</summary>
    Ns,

    /// <summary>Refers to microdescriptors by SHA-256; signed over SHA-256. What clients use.</summary>
    Microdesc,
}
