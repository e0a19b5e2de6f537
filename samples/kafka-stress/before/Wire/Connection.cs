using System;
using System.Buffers.Binary;
using System.IO;
using System.Net.Sockets;

namespace KafkaStress.Wire;

/// <summary>One connection to a broker: a request, then its response.</summary>
public sealed class Connection : IDisposable
{
    private readonly TcpClient _client;
    private readonly NetworkStream _stream;
    private readonly WireWriter _request = new();
    private byte[] _response = new byte[64 * 1024];
    private int _correlation;

    public Connection(string host, int port)
    {
        _client = new TcpClient(host, port) { NoDelay = true };
        _stream = _client.GetStream();
    }

    /// <summary>The writer of the next request, its header already in it.</summary>
    public WireWriter Begin(short api, short version)
    {
        _request.Clear();
        _request.Int32(0);
        _request.Int16(api);
        _request.Int16(version);
        _request.Int32(++_correlation);
        _request.String("kafka-stress");
        return _request;
    }

    /// <summary>Sends what was begun; the body of the response, valid until the next one.</summary>
    public ReadOnlySpan<byte> Ask()
    {
        _request.Int32At(0, _request.Length - 4);
        _stream.Write(_request.Written);
        Span<byte> head = stackalloc byte[8];
        _stream.ReadExactly(head);
        var size = BinaryPrimitives.ReadInt32BigEndian(head) - 4;
        if (BinaryPrimitives.ReadInt32BigEndian(head[4..]) != _correlation) throw new InvalidDataException("an answer to another request");
        if (size > _response.Length) _response = new byte[size];
        _stream.ReadExactly(_response, 0, size);
        return _response.AsSpan(0, size);
    }

    public void Dispose() => _client.Dispose();
}
