using System;
using System.Diagnostics;
using System.Globalization;
using System.Threading;
using System.Threading.Tasks;

namespace Courier;

// Clients send requests over the thread pool; each is parsed, routed, answered from a cache, counted and logged.
public static class Program
{
    public static async Task<int> Main(string[] args)
    {
        double seconds = args.Length > 0 ? double.Parse(args[0], CultureInfo.InvariantCulture) : 3;
        int clients = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 8;
        var router = new Router();
        var cache = new ReplyCache(capacity: 512);
        using var log = new AccessLog();
        var meters = new Meters();
        var server = new Server(router, cache, log, meters);
        var clock = Stopwatch.StartNew();
        var running = new Task<long>[clients];
        for (int c = 0; c < clients; c++)
        {
            int client = c;
            running[c] = Task.Run(() => new Client(client).RunAsync(server, clock, TimeSpan.FromSeconds(seconds)));
        }
        long requests = 0;
        foreach (Task<long> one in running)
            requests += await one;
        Console.WriteLine($"{{\"workload\":\"courier\",\"requests\":{requests},\"seconds\":{clock.Elapsed.TotalSeconds.ToString("F2", CultureInfo.InvariantCulture)},\"bytes\":{meters.Bytes}}}");
        return 0;
    }
}
