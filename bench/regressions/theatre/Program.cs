using System;
using System.Diagnostics;
using System.Globalization;
using System.Threading;

namespace Theatre;

public static class Program
{
    private static long _bookings;

    public static void Main(string[] args)
    {
        double seconds = double.Parse(args[0], CultureInfo.InvariantCulture);
        var office = new BoxOffice(64);
        var threads = new Thread[3];
        var clock = Stopwatch.StartNew();
        for (int i = 0; i < threads.Length; i++)
        {
            int seed = i + 1;
            threads[i] = new Thread(() => Sell(office, seed, clock, seconds));
            threads[i].Start();
        }
        foreach (Thread thread in threads)
            thread.Join();
        Console.WriteLine($"{{\"workload\":\"theatre\",\"bookings\":{_bookings},\"takings\":{office.Takings}}}");
    }

    private static void Sell(BoxOffice office, int seed, Stopwatch clock, double seconds)
    {
        var random = new Random(seed);
        var codes = new string[64];
        for (int i = 0; i < codes.Length; i++)
            codes[i] = (i % 4 == 0 ? "NONE" : "CODE") + i;
        long done = 0;
        while (clock.Elapsed.TotalSeconds < seconds)
        {
            for (int i = 0; i < 200; i++)
            {
                if (office.Book(random.Next(64), 1 + random.Next(6), codes[random.Next(64)]))
                    done++;
            }
        }
        Interlocked.Add(ref _bookings, done);
    }
}
