using System;
using System.Buffers.Binary;
using System.Text;

namespace KafkaStress.Wire;

/// <summary>Big-endian fields in a buffer that grows and is used again.</summary>
public sealed class WireWriter
{
    private byte[] _buffer = new byte[64 * 1024];
    private int _length;

    public int Length => _length;
    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

    public void Clear() => _length = 0;

    public void Byte(byte value) => Room(1)[0] = value;
    public void Int16(short value) => BinaryPrimitives.WriteInt16BigEndian(Room(2), value);
    public void Int32(int value) => BinaryPrimitives.WriteInt32BigEndian(Room(4), value);
    public void Int64(long value) => BinaryPrimitives.WriteInt64BigEndian(Room(8), value);
    public void Bytes(ReadOnlySpan<byte> value) => value.CopyTo(Room(value.Length));

    public void String(string value)
    {
        Int16((short)Encoding.UTF8.GetByteCount(value));
        Encoding.UTF8.GetBytes(value, Room(Encoding.UTF8.GetByteCount(value)));
    }

    /// <summary>Zigzag, seven bits a byte.</summary>
    public void Varint(long value)
    {
        var rest = (ulong)((value << 1) ^ (value >> 63));
        for (; rest > 127; rest >>= 7) Byte((byte)(rest | 128));
        Byte((byte)rest);
    }

    public void Int32At(int position, int value) => BinaryPrimitives.WriteInt32BigEndian(_buffer.AsSpan(position, 4), value);

    private Span<byte> Room(int size)
    {
        if (_length + size > _buffer.Length) Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + size));
        var room = _buffer.AsSpan(_length, size);
        _length += size;
        return room;
    }
}
