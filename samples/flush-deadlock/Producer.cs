using System;
using System.Collections.Generic;
using System.Threading;

namespace FlushDeadlock;

/// <summary>Queues messages, which a thread of its own delivers in batches.</summary>
public sealed class Producer
{
    private const int BatchSize = 100;
    private readonly object _queueLock = new();
    private readonly object _flushLock = new();
    private readonly List<string> _queue = new();
    private readonly Thread _sender;
    private long _delivered;
    private long _flushes;

    public Producer()
    {
        _sender = new Thread(SendLoop) { Name = "sender", IsBackground = true };
        _sender.Start();
    }

    public long Delivered => Interlocked.Read(ref _delivered);

    public void Send(string message)
    {
        lock (_queueLock)
        {
            _queue.Add(message);
            if (_queue.Count >= BatchSize) Monitor.Pulse(_queueLock);
        }
    }

    /// <summary>Delivers what is queued before it returns.</summary>
    public void Flush()
    {
        lock (_flushLock)
        {
            _flushes++;
            Deliver();
        }
    }

    private void SendLoop()
    {
        while (true)
        {
            lock (_queueLock)
            {
                while (_queue.Count < BatchSize) Monitor.Wait(_queueLock);
                OnBatchReady();
            }
        }
    }

    private void OnBatchReady()
    {
        // A flush that goes on delivers these too.
        lock (_flushLock)
        {
            if (_flushes >= 0) DeliverQueued();
        }
    }

    private void Deliver()
    {
        lock (_queueLock)
        {
            DeliverQueued();
        }
    }

    private void DeliverQueued()
    {
        Interlocked.Add(ref _delivered, _queue.Count);
        _queue.Clear();
    }
}
