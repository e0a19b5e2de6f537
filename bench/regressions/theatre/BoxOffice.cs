using System.Threading;

namespace Theatre;

public sealed class BoxOffice
{
    private readonly Hall[] _halls;
    private readonly object[] _doors;
    private readonly Tariff _tariff = new();
    private readonly TicketPrinter _printer = new();
    private long _takings;

    public BoxOffice(int shows)
    {
        _halls = new Hall[shows];
        _doors = new object[shows];
        for (int i = 0; i < shows; i++)
        {
            _halls[i] = new Hall(24, 40);
            _doors[i] = new object();
        }
    }

    public long Takings => _takings;

    public bool Book(int show, int party, string code)
    {
        int place;
        lock (_doors[show])
        {
            Hall hall = _halls[show];
            place = hall.FindTogether(party);
            if (place < 0)
            {
                hall.Clear();
                return false;
            }
            hall.Take(place, party);
        }
        int cents = _tariff.Price(place / 40, party, code);
        _printer.Print(show, place, cents);
        Interlocked.Add(ref _takings, cents);
        return true;
    }
}
