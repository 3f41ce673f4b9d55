namespace OnionHost.Protocol.Cryptography;

/// <summary>What computes the keystream of <see cref="AesCtr"/>.</summary>
internal enum AesKeystreamKind
{
    /// <summary>The base class library's ECB transform over a batch of counters.</summary>
    Platform,

    /// <summary>The processor's AES instructions (x86 or Arm), 8 blocks in flight.</summary>
    Intrinsics,
}
