using System.Threading.Tasks;

namespace Courier;

public sealed class Server
{
    private readonly Router _router;
    private readonly ReplyCache _cache;
    private readonly AccessLog _log;
    private readonly Meters _meters;

    public Server(Router router, ReplyCache cache, AccessLog log, Meters meters)
    {
        _router = router;
        _cache = cache;
        _log = log;
        _meters = meters;
    }

    public async ValueTask HandleAsync(string line)
    {
        Request request = RequestParser.Parse(line);
        if (!request.IsValid)
        {
            _meters.Count("bad", 0);
            return;
        }
        int depot = _router.Find(request.Place, request.Number);
        byte[] reply = _cache.Get(request.Number) ?? await RenderAsync(request, depot);
        _meters.Count(request.Place, reply.Length);
        _log.Write(request, reply.Length);
    }

    private async ValueTask<byte[]> RenderAsync(Request request, int depot)
    {
        if ((request.Number & 63) == 0)
            await Task.Yield();
        byte[] reply = ReplyWriter.Render(request, depot);
        _cache.Put(request.Number, reply);
        return reply;
    }
}
