using System;
using System.Buffers.Binary;
using System.Numerics;

namespace KafkaStress.Wire;

/// <summary>The checksum of a record batch.</summary>
public static class Crc32C
{
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        while (bytes.Length >= 8)
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[8..];
        }
        foreach (var each in bytes) crc = BitOperations.Crc32C(crc, each);
        return ~crc;
    }
}
