using System;
using System.IO;
using System.Text;
using System.Threading;

namespace Courier;

// One line a request, written in blocks.
public sealed class AccessLog : IDisposable
{
    private readonly FileStream _file = new(Path.Combine(Path.GetTempPath(), $"courier-{Environment.ProcessId}.log"), FileMode.Create,
        FileAccess.Write, FileShare.Read, bufferSize: 1, FileOptions.DeleteOnClose);
    private readonly Lock _gate = new();
    private readonly byte[] _block = new byte[1 << 16];
    private int _used;

    public void Write(Request request, int bytes)
    {
        Span<byte> line = stackalloc byte[128];
        int length = Format(request, bytes, line);
        lock (_gate)
        {
            if (_used + length > _block.Length)
                Flush();
            line[..length].CopyTo(_block.AsSpan(_used));
            _used += length;
        }
    }

    private static int Format(Request request, int bytes, Span<byte> into)
    {
        int at = Encoding.ASCII.GetBytes(request.Verb, into);
        into[at++] = (byte)' ';
        at += Encoding.ASCII.GetBytes(request.Place, into[at..]);
        into[at++] = (byte)' ';
        System.Buffers.Text.Utf8Formatter.TryFormat(bytes, into[at..], out int wrote);
        at += wrote;
        into[at++] = (byte)'\n';
        return at;
    }

    private void Flush()
    {
        _file.Write(_block, 0, _used);
        _file.Position = 0;
        _used = 0;
    }

    public void Dispose() => _file.Dispose();
}
