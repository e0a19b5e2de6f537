using System.Collections.Concurrent;
using System.Threading;

namespace Courier;

public sealed class Meters
{
    private sealed class Counter
    {
        public long Count, Bytes;
    }

    private readonly ConcurrentDictionary<string, Counter> _counters = new();
    private long _bytes;

    public long Bytes => Interlocked.Read(ref _bytes);

    public void Count(string name, int bytes)
    {
        Counter counter = _counters.GetOrAdd(name, static _ => new Counter());
        Interlocked.Increment(ref counter.Count);
        Interlocked.Add(ref counter.Bytes, bytes);
        Interlocked.Add(ref _bytes, bytes);
    }
}
