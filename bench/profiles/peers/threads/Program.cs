// Many threads with stacks of different depths: under the sampler they make a large trace in little time.
using System;
using System.Threading;

int threads = int.Parse(args[0]), seconds = int.Parse(args[1]);
for (int i = 0; i < threads; i++)
{
    int depth = 5 + i % 60;
    new Thread(() => Descend(depth)) { IsBackground = true }.Start();
}
Thread.Sleep(seconds * 1000);

static void Descend(int left)
{
    if (left > 0) Descend(left - 1);
    else while (true) Thread.Sleep(20);
}
