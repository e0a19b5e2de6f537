using System;
using System.Text;

namespace Courier;

public static class ReplyWriter
{
    private const int Rows = 24;

    [ThreadStatic]
    private static StringBuilder? _text;

    public static byte[] Render(Request request, int depot)
    {
        StringBuilder text = _text ??= new StringBuilder(2048);
        text.Clear();
        text.Append("{\"place\":\"").Append(request.Place).Append("\",\"depot\":").Append(depot).Append(",\"rows\":[");
        for (int row = 0; row < Rows; row++)
            AppendRow(text, request, row);
        text.Append("]}");
        return Encoding.ASCII.GetBytes(text.ToString());
    }

    private static void AppendRow(StringBuilder text, Request request, int row)
    {
        if (row > 0)
            text.Append(',');
        text.Append("{\"id\":").Append(request.Number * 31 + row).Append(",\"grams\":").Append(request.Weight * row + 17).Append('}');
    }
}
