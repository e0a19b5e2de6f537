using System.Collections.Generic;
using System.Threading;

namespace Courier;

// The newest replies by number; the oldest goes when it is full.
public sealed class ReplyCache
{
    private const int Shards = 16;

    private sealed class Shard
    {
        public readonly Lock Gate = new();
        public readonly Dictionary<int, byte[]> Replies = new();
        public readonly Queue<int> Order = new();
    }

    private readonly Shard[] _shards = new Shard[Shards];
    private readonly int _capacity;

    public ReplyCache(int capacity)
    {
        _capacity = capacity / Shards;
        for (int i = 0; i < Shards; i++)
            _shards[i] = new Shard();
    }

    public byte[]? Get(int number)
    {
        Shard shard = _shards[number % Shards];
        lock (shard.Gate)
            return shard.Replies.TryGetValue(number, out byte[]? reply) ? reply : null;
    }

    public void Put(int number, byte[] reply)
    {
        Shard shard = _shards[number % Shards];
        lock (shard.Gate)
        {
            if (!shard.Replies.TryAdd(number, reply))
                return;
            shard.Order.Enqueue(number);
            if (shard.Order.Count > _capacity)
                shard.Replies.Remove(shard.Order.Dequeue());
        }
    }
}
