using System;
using System.Buffers.Binary;
using System.IO;
using System.Text;

namespace KafkaStress.Wire;

/// <summary>Big-endian fields of a response.</summary>
public ref struct WireReader
{
    private ReadOnlySpan<byte> _rest;

    public WireReader(ReadOnlySpan<byte> bytes) => _rest = bytes;

    public int Left => _rest.Length;
    public byte Byte() => Take(1)[0];
    public short Int16() => BinaryPrimitives.ReadInt16BigEndian(Take(2));
    public int Int32() => BinaryPrimitives.ReadInt32BigEndian(Take(4));
    public long Int64() => BinaryPrimitives.ReadInt64BigEndian(Take(8));

    public string String()
    {
        var size = Int16();
        return size < 0 ? "" : Encoding.UTF8.GetString(Take(size));
    }

    public long Varint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Byte();
            value |= (ulong)(next & 127) << shift;
            if (next < 128) break;
        }
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    public ReadOnlySpan<byte> Take(int size)
    {
        if (size < 0 || size > _rest.Length) throw new InvalidDataException("the response is cut short");
        var taken = _rest[..size];
        _rest = _rest[size..];
        return taken;
    }
}
