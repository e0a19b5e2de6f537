using System.Collections.Generic;

namespace Theatre;

public sealed class Tariff
{
    private readonly List<(int FirstRow, int Cents)> _zones = new();
    private readonly Dictionary<string, int> _discounts = new();

    public Tariff()
    {
        for (int i = 0; i < 12; i++)
            _zones.Add((i * 2, 9000 - i * 550));
        for (int i = 0; i < 40; i++)
            _discounts["CODE" + i] = i % 30;
    }

    public int Price(int row, int party, string code)
    {
        int cents = 0;
        foreach (var zone in _zones)
        {
            if (zone.FirstRow > row)
                break;
            cents = zone.Cents;
        }
        return cents * party * (100 - Discount(code)) / 100;
    }

    private int Discount(string code)
    {
        return _discounts.TryGetValue(code, out int percent) ? percent : 0;
    }
}
