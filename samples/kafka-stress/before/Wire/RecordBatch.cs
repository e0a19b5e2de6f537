using System;

namespace KafkaStress.Wire;

/// <summary>Records on their way to one partition, as Kafka stores them (magic 2).</summary>
public sealed class RecordBatch
{
    private const int RecordsStart = 61;
    private const int CrcStart = 17;
    private readonly WireWriter _batch = new();

    public RecordBatch() => Clear();

    public int Count { get; private set; }

    /// <summary>The batch with its header; valid until the next change.</summary>
    public ReadOnlySpan<byte> Encoded
    {
        get
        {
            _batch.Int32At(8, _batch.Length - 12);
            _batch.Int32At(23, Count - 1);
            _batch.Int32At(57, Count);
            _batch.Int32At(CrcStart, (int)Crc32C.Of(_batch.Written[(CrcStart + 4)..]));
            return _batch.Written;
        }
    }

    public void Append(ReadOnlySpan<byte> value)
    {
        var size = 1 + 1 + VarintSize(Count) + 1 + VarintSize(value.Length) + value.Length + 1;
        _batch.Varint(size);
        _batch.Byte(0);         // attributes
        _batch.Varint(0);       // time since the first
        _batch.Varint(Count);   // offset since the first
        _batch.Varint(-1);      // no key
        _batch.Varint(value.Length);
        _batch.Bytes(value);
        _batch.Varint(0);       // no headers
        Count++;
    }

    public void Clear()
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        Count = 0;
        _batch.Clear();
        _batch.Int64(0);        // base offset
        _batch.Int32(0);        // length
        _batch.Int32(-1);       // epoch of the leader
        _batch.Byte(2);         // magic
        _batch.Int32(0);        // checksum
        _batch.Int16(0);        // attributes
        _batch.Int32(0);        // last offset
        _batch.Int64(now);
        _batch.Int64(now);
        _batch.Int64(-1);       // no producer id
        _batch.Int16(-1);
        _batch.Int32(-1);
        _batch.Int32(0);        // count
        if (_batch.Length != RecordsStart) throw new InvalidOperationException("the header of a batch has 61 bytes");
    }

    private static int VarintSize(long value)
    {
        var size = 1;
        for (var rest = (ulong)((value << 1) ^ (value >> 63)); rest > 127; rest >>= 7) size++;
        return size;
    }
}
