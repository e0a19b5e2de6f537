using System;
using System.Collections.Generic;
using System.Linq;

namespace KafkaStress.Wire;

/// <summary>Records on their way to one partition, as Kafka stores them (magic 2).</summary>
public sealed class RecordBatch
{
    private const int CrcStart = 17;
    private readonly WireWriter _batch = new();
    private readonly List<byte[]> _records = new();

    public int Count => _records.Count;

    /// <summary>The batch with its header; valid until the next change.</summary>
    public ReadOnlySpan<byte> Encoded
    {
        get
        {
            WriteHeader();
            _batch.Bytes(_records.SelectMany(record => record).ToArray());
            _batch.Int32At(8, _batch.Length - 12);
            _batch.Int32At(CrcStart, (int)Crc32C.Of(_batch.Written[(CrcStart + 4)..]));
            return _batch.Written;
        }
    }

    public void Append(ReadOnlySpan<byte> value) => _records.Add(EncodeRecord(value));

    public void Clear() => _records.Clear();

    private byte[] EncodeRecord(ReadOnlySpan<byte> value)
    {
        var body = new WireWriter(value.Length + 32);
        body.Byte(0);         // attributes
        body.Varint(0);       // time since the first
        body.Varint(Count);   // offset since the first
        body.Varint(-1);      // no key
        body.Varint(value.Length);
        body.Bytes(value);
        body.Varint(0);       // no headers
        var record = new WireWriter(body.Length + 8);
        record.Varint(body.Length);
        record.Bytes(body.Written);
        return record.Written.ToArray();
    }

    private void WriteHeader()
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        _batch.Clear();
        _batch.Int64(0);            // base offset
        _batch.Int32(0);            // length
        _batch.Int32(-1);           // epoch of the leader
        _batch.Byte(2);             // magic
        _batch.Int32(0);            // checksum
        _batch.Int16(0);            // attributes
        _batch.Int32(Count - 1);    // last offset
        _batch.Int64(now);
        _batch.Int64(now);
        _batch.Int64(-1);           // no producer id
        _batch.Int16(-1);
        _batch.Int32(-1);
        _batch.Int32(Count);
    }
}
