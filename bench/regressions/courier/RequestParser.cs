using System;
using System.Globalization;

namespace Courier;

public readonly record struct Request(string Verb, string Place, int Number, int Weight, bool IsValid);

public static class RequestParser
{
    public static Request Parse(string line)
    {
        ReadOnlySpan<char> rest = line;
        int blank = rest.IndexOf(' ');
        string verb = Verb(rest[..blank]);
        rest = rest[(blank + 2)..];
        int slash = rest.IndexOf('/');
        string place = Place(rest[..slash]);
        rest = rest[(slash + 1)..];
        int question = rest.IndexOf('?');
        if (!int.TryParse(rest[..question], NumberStyles.None, CultureInfo.InvariantCulture, out int number))
            return default;
        return new Request(verb, place, number, Weight(rest[(question + 1)..]), true);
    }

    private static int Weight(ReadOnlySpan<char> query)
    {
        int at = query.IndexOf("weight=");
        int weight = 0;
        for (int i = at + 7; at >= 0 && i < query.Length && char.IsAsciiDigit(query[i]); i++)
            weight = weight * 10 + query[i] - '0';
        return weight;
    }

    private static string Verb(ReadOnlySpan<char> text) => text switch
    {
        "GET" => "GET",
        "PUT" => "PUT",
        _ => "HEAD",
    };

    private static string Place(ReadOnlySpan<char> text)
    {
        foreach (string known in Router.Places)
        {
            if (text.SequenceEqual(known))
                return known;
        }
        return "unknown";
    }
}
