// TraceEvent's pass over a trace that looks at nothing: the peer of reading .nettrace files.
using Microsoft.Diagnostics.Tracing;

using var source = new EventPipeEventSource(args[0]);
long events = 0;
source.AllEvents += _ => ++events;
source.Process();
System.Console.WriteLine($"{events} events");
