using System;
using System.Diagnostics;
using System.Globalization;

namespace KafkaStress;

/// <summary>A stress test: sends or reads as fast as it can for a while, then prints what it managed as JSON.</summary>
public static class Program
{
    public static int Main(string[] args)
    {
        try
        {
            var options = Options.Parse(args);
            return options.Mode == "consumer" ? Consume(options) : Produce(options);
        }
        catch (Exception error) when (error is ArgumentException or System.IO.IOException or System.Net.Sockets.SocketException)
        {
            Console.Error.WriteLine(error.Message);
            return 1;
        }
    }

    private static int Produce(Options options)
    {
        using var producer = new Producer(options);
        var value = new byte[options.Size];
        new Random(1).NextBytes(value);
        Console.WriteLine("producing");
        var watch = Stopwatch.StartNew();
        for (long sent = 0; sent < options.Messages && watch.Elapsed.TotalSeconds < options.Seconds; sent += 100)
        {
            for (var i = 0; i < 100; i++) producer.Send(value);
        }
        producer.Flush();
        Report(options, producer.Delivered, producer.Delivered * options.Size, watch.Elapsed.TotalSeconds);
        return 0;
    }

    private static int Consume(Options options)
    {
        using var consumer = new Consumer(options);
        Console.WriteLine("consuming");
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed.TotalSeconds < options.Seconds) consumer.Poll();
        Report(options, consumer.Received, consumer.Bytes, watch.Elapsed.TotalSeconds);
        return 0;
    }

    private static void Report(Options options, long messages, long bytes, double seconds)
    {
        var cpu = Process.GetCurrentProcess().TotalProcessorTime.TotalMicroseconds;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{{\"mode\":\"{options.Mode}\",\"messages\":{messages},\"messages_per_s\":{messages / seconds:F0}," +
            $"\"mb_per_s\":{bytes / seconds / 1e6:F2},\"cpu_us_per_message\":{cpu / Math.Max(messages, 1):F4}," +
            $"\"alloc_bytes_per_message\":{GC.GetTotalAllocatedBytes() / (double)Math.Max(messages, 1):F1}}}"));
    }
}
