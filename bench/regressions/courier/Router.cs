using System.Collections.Generic;

namespace Courier;

public sealed class Router
{
    public static readonly string[] Places = { "users", "orders", "parcels", "routes", "depots" };

    private readonly Dictionary<(string, int), int> _depots = new();
    private readonly List<(string Place, int Zone, int Depot)> _table = new();

    public Router()
    {
        for (int zone = 0; zone < 64; zone++)
        {
            foreach (string place in Places)
            {
                int depot = zone * 7 % 31 + place.Length;
                _depots[(place, zone)] = depot;
                _table.Add((place, zone, depot));
            }
        }
    }

    public int Find(string place, int number)
    {
        int zone = number & 63;
        return _depots.TryGetValue((place, zone), out int depot) ? depot : -1;
    }
}
