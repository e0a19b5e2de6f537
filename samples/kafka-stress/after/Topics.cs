using System;
using System.IO;
using System.Threading;
using KafkaStress.Wire;

namespace KafkaStress;

/// <summary>Makes sure that a topic is there: to ask for it makes it.</summary>
public static class Topics
{
    private const short Metadata = 3;

    public static void Ensure(Connection connection, string topic)
    {
        for (var attempt = 0; attempt < 50; attempt++)
        {
            if (ErrorOf(connection, topic) == 0) return;
            Thread.Sleep(100);
        }
        throw new IOException($"the topic {topic} does not come up");
    }

    private static short ErrorOf(Connection connection, string topic)
    {
        var request = connection.Begin(Metadata, 1);
        request.Int32(1);
        request.String(topic);
        var reader = new WireReader(connection.Ask());
        for (var brokers = reader.Int32(); brokers > 0; brokers--)
        {
            reader.Int32();
            reader.String();
            reader.Int32();
            reader.String();
        }
        reader.Int32();
        return reader.Int32() == 0 ? (short)3 : reader.Int16();
    }
}
