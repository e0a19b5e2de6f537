namespace Theatre;

/// <summary>The seats of one show, row by row, a bit for each that is taken.</summary>
public sealed class Hall
{
    private readonly ulong[] _rows;
    private readonly int _width;

    public Hall(int rows, int width)
    {
        _rows = new ulong[rows];
        _width = width;
    }

    public int Taken { get; private set; }

    /// <summary>The first place for a party side by side, or -1.</summary>
    public int FindTogether(int party)
    {
        ulong wanted = (1UL << party) - 1;
        for (int row = 0; row < _rows.Length; row++)
        {
            ulong taken = _rows[row];
            for (int seat = 0; seat + party <= _width; seat++)
            {
                if ((taken & (wanted << seat)) == 0)
                    return row * _width + seat;
            }
        }
        return -1;
    }

    public void Take(int place, int party)
    {
        _rows[place / _width] |= ((1UL << party) - 1) << (place % _width);
        Taken += party;
    }

    public void Clear()
    {
        System.Array.Clear(_rows);
        Taken = 0;
    }
}
