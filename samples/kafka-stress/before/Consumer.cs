using System;
using System.IO;
using KafkaStress.Wire;

namespace KafkaStress;

/// <summary>Reads the messages of one partition from its beginning.</summary>
public sealed class Consumer : IDisposable
{
    private const short Fetch = 1, ListOffsets = 2;
    private readonly Connection _connection;
    private readonly string _topic;
    private long _offset;

    public Consumer(Options options)
    {
        _connection = new Connection(options.Host, options.Port);
        _topic = options.Topic;
        Topics.Ensure(_connection, _topic);
        _offset = OffsetAt(-2);
    }

    public long Received { get; private set; }
    public long Bytes { get; private set; }

    /// <summary>Reads what there is; at the end begins again.</summary>
    public void Poll()
    {
        var request = _connection.Begin(Fetch, 4);
        request.Int32(-1);
        request.Int32(100);         // waits so many milliseconds
        request.Int32(1);
        request.Int32(4 << 20);
        request.Byte(0);
        request.Int32(1);
        request.String(_topic);
        request.Int32(1);
        request.Int32(0);
        request.Int64(_offset);
        request.Int32(1 << 20);
        var before = Received;
        ReadResponse(_connection.Ask());
        if (Received == before) _offset = OffsetAt(-2);
    }

    private void ReadResponse(ReadOnlySpan<byte> response)
    {
        var reader = new WireReader(response);
        reader.Int32();
        if (reader.Int32() == 0) return;
        reader.String();
        reader.Int32();
        reader.Int32();
        var error = reader.Int16();
        if (error == 1) return;     // the offset is gone
        if (error != 0) throw new IOException($"the broker refused to read with error {error}");
        reader.Int64();
        reader.Int64();
        for (var aborted = reader.Int32(); aborted > 0; aborted--) reader.Take(16);
        var size = reader.Int32();
        if (size > 0) ReadBatches(reader.Take(size));
    }

    private void ReadBatches(ReadOnlySpan<byte> batches)
    {
        while (batches.Length > 61)
        {
            var reader = new WireReader(batches);
            var baseOffset = reader.Int64();
            var length = reader.Int32();
            if (length + 12 > batches.Length) return;       // the last one may be cut
            reader.Take(45);
            var count = reader.Int32();
            for (var i = 0; i < count; i++) ReadRecord(ref reader);
            if (baseOffset + count > _offset) _offset = baseOffset + count;
            batches = batches[(length + 12)..];
        }
    }

    private void ReadRecord(ref WireReader reader)
    {
        var record = new WireReader(reader.Take((int)reader.Varint()));
        record.Byte();
        record.Varint();
        record.Varint();
        var key = (int)record.Varint();
        if (key > 0) record.Take(key);
        Bytes += record.Take((int)record.Varint()).Length;
        Received++;
    }

    private long OffsetAt(long time)
    {
        var request = _connection.Begin(ListOffsets, 1);
        request.Int32(-1);
        request.Int32(1);
        request.String(_topic);
        request.Int32(1);
        request.Int32(0);
        request.Int64(time);
        var reader = new WireReader(_connection.Ask());
        reader.Int32();
        reader.String();
        reader.Int32();
        reader.Int32();
        reader.Int16();
        reader.Int64();
        return reader.Int64();
    }

    public void Dispose() => _connection.Dispose();
}
