using System;
using System.Diagnostics;
using System.Threading;

namespace FlushDeadlock;

/// <summary>Sends and flushes for a while; prints what it managed, if it gets that far.</summary>
public static class Program
{
    public static int Main(string[] args)
    {
        var seconds = args.Length > 0 ? int.Parse(args[0]) : 60;
        var producer = new Producer();
        Console.WriteLine("sending");
        var watch = Stopwatch.StartNew();
        for (long i = 0; watch.Elapsed.TotalSeconds < seconds; i++)
        {
            producer.Send("message");
            if (i % 250 == 249) producer.Flush();
        }
        Console.WriteLine($"{{\"delivered\":{producer.Delivered}}}");
        return 0;
    }
}
