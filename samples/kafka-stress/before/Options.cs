using System;
using System.Globalization;

namespace KafkaStress;

/// <summary>What the command line says.</summary>
public sealed class Options
{
    public string Mode { get; private set; } = "producer";
    public string Host { get; private set; } = "localhost";
    public int Port { get; private set; } = 9092;
    public string Topic { get; private set; } = "stress";
    public double Seconds { get; private set; } = 10;
    public long Messages { get; private set; } = long.MaxValue;
    public int Size { get; private set; } = 200;
    public int BatchSize { get; private set; } = 500;

    public static Options Parse(string[] args)
    {
        var options = new Options();
        for (var i = 0; i < args.Length; i++)
        {
            string Next() => ++i < args.Length ? args[i] : throw new ArgumentException($"{args[i - 1]} needs a value");
            switch (args[i])
            {
                case "producer" or "consumer": options.Mode = args[i]; break;
                case "--bootstrap":
                    var address = Next().Split(':');
                    options.Host = address[0];
                    options.Port = int.Parse(address[1], CultureInfo.InvariantCulture);
                    break;
                case "--topic": options.Topic = Next(); break;
                case "--seconds": options.Seconds = double.Parse(Next(), CultureInfo.InvariantCulture); break;
                case "--messages": options.Messages = long.Parse(Next(), CultureInfo.InvariantCulture); break;
                case "--size": options.Size = int.Parse(Next(), CultureInfo.InvariantCulture); break;
                case "--batch": options.BatchSize = int.Parse(Next(), CultureInfo.InvariantCulture); break;
                default: throw new ArgumentException($"unknown argument {args[i]}");
            }
        }
        return options;
    }
}
