using System;

namespace Theatre;

public sealed class TicketPrinter
{
    [ThreadStatic]
    private static char[]? _line;

    public int Printed;

    /// <summary>A bar code of 24 digits, and its check sum.</summary>
    public int Print(int show, int place, int cents)
    {
        char[] line = _line ??= new char[24];
        uint state = (uint)(show * 7919 + place * 31 + cents);
        int sum = 0;
        for (int i = 0; i < line.Length; i++)
        {
            state = state * 1664525 + 1013904223;
            int digit = (int)(state >> 24) % 10;
            line[i] = (char)('0' + digit);
            sum += i % 2 == 0 ? digit : digit * 3;
        }
        Printed++;
        return sum % 10;
    }
}
