using System;
using System.Diagnostics;
using System.Threading.Tasks;

namespace Courier;

public sealed class Client
{
    private static readonly string[] Verbs = { "GET", "PUT", "HEAD" };
    private static readonly string[] Places = { "users", "orders", "parcels", "routes", "depots" };
    private readonly Random _random;
    private readonly string[] _lines;

    public Client(int seed)
    {
        _random = new Random(seed);
        _lines = new string[256];
        for (int i = 0; i < _lines.Length; i++)
        {
            string place = Places[_random.Next(Places.Length)];
            string number = _random.Next(12) == 0 ? "none" : _random.Next(4000).ToString();
            _lines[i] = $"{Verbs[_random.Next(Verbs.Length)]} /{place}/{number}?weight={_random.Next(900)}&zone={_random.Next(40)}";
        }
    }

    public async Task<long> RunAsync(Server server, Stopwatch clock, TimeSpan limit)
    {
        long sent = 0;
        while (clock.Elapsed < limit)
        {
            for (int i = 0; i < _lines.Length; i++)
                await server.HandleAsync(_lines[i]);
            sent += _lines.Length;
            await Task.Yield();
        }
        return sent;
    }
}
