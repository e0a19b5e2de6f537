using System;
using System.IO;
using KafkaStress.Wire;

namespace KafkaStress;

/// <summary>Sends messages to one partition of a topic, a batch at a time.</summary>
public sealed class Producer : IDisposable
{
    private const short Produce = 0;
    private readonly Connection _connection;
    private readonly string _topic;
    private readonly int _recordsPerBatch;
    private readonly RecordBatch _batch = new();

    public Producer(Options options)
    {
        _connection = new Connection(options.Host, options.Port);
        _topic = options.Topic;
        _recordsPerBatch = options.BatchSize;
        Topics.Ensure(_connection, _topic);
    }

    public long Delivered { get; private set; }

    public void Send(ReadOnlySpan<byte> value)
    {
        _batch.Append(value);
        if (_batch.Count >= _recordsPerBatch) Flush();
    }

    public void Flush()
    {
        if (_batch.Count == 0) return;
        var encoded = _batch.Encoded;
        var request = _connection.Begin(Produce, 3);
        request.Int16(-1);          // no transaction
        request.Int16(1);           // the leader acknowledges
        request.Int32(10_000);
        request.Int32(1);
        request.String(_topic);
        request.Int32(1);
        request.Int32(0);           // partition
        request.Int32(encoded.Length);
        request.Bytes(encoded);
        Check(_connection.Ask());
        Delivered += _batch.Count;
        _batch.Clear();
    }

    private static void Check(ReadOnlySpan<byte> response)
    {
        var reader = new WireReader(response);
        reader.Int32();
        reader.String();
        reader.Int32();
        reader.Int32();
        var error = reader.Int16();
        if (error != 0) throw new IOException($"the broker refused a batch with error {error}");
    }

    public void Dispose()
    {
        Flush();
        _connection.Dispose();
    }
}
