#include "tools/investigate/kinds.h"

#include <algorithm>
#include <span>

#include "tools/investigate/hypotheses.h"

namespace culprit {

std::span<const CostKind> cost_kinds() {
    static const std::vector<CostKind> kKinds = {
        {"contention",
         "waits for a lock",
         "Hold the lock for less: guard only the data that is shared, split the lock by key, or take it "
         "outside "
         "of loops and I/O.",
         {"Monitor.Enter", "Lock.Enter", "Lock.TryEnter", "SpinLock", "ReaderWriterLock",
          "SemaphoreSlim.Wait", "pthread_mutex_lock", "lll_lock_wait", "pthread_rwlock", "futex_wait"}},
        {"starvation",
         "blocks a thread on work that runs elsewhere",
         "Await instead of blocking, or start the work earlier.",
         {"Task.Wait", "Task.InternalWait", "SpinThenBlockingWait", "ManualResetEventSlim.Wait",
          "TaskAwaiter.GetResult", "WaitHandle.Wait", "Thread.Join", "Monitor.Wait", "Thread.Sleep"}},
        {"io",
         "reads or writes, call by call",
         "Do more with each call: buffer, write in blocks, flush when it matters and not for each item.",
         {"RandomAccess.", "FileStream", "SafeFileHandle", "Interop.Sys.Write", "Interop.Sys.Read",
          "Interop.Sys.PWrite", "Interop.Sys.PRead", "Interop.Sys.FSync", "NetworkStream", "vfs_write",
          "vfs_read", "ksys_write", "__write", "fflush", "fsync", "_IO_file_write", "_IO_new_file_write"}},
        {"cpu",
         "builds strings",
         "Write into a buffer that is reused (TryWrite, StringBuilder, spans) instead of joining strings.",
         {"String.Concat", "String.Format", "String.Ctor", "StringBuilder", "AppendFormat", "String.Join",
          "Number.Format", "ToString", "basic_ostream", "basic_stringstream", "std::to_string"}},
        {"cpu",
         "matches regular expressions",
         "Make the expression once (static, source-generated) or replace it by plain string search.",
         {"RegularExpressions", "Regex", "re2::", "regex", "pcre"}},
        {"exceptions",
         "throws and catches exceptions",
         "Test beforehand (TryParse, TryGetValue) instead of catching.",
         {"ExceptionDispatch", "EH.RhThrow", "ThrowHelper", "EH.Dispatch", "_Unwind", "__cxa_throw",
          "StackTrace", "Exception..ctor", "StackFrameIterator"}},
        {"allocation",
         "allocates",
         "Reuse or rent the memory (ArrayPool, object pools), or avoid the copy.",
         {"AllocateNewArray", "GC.Allocate", "RuntimeHelpers.New", "JIT_New", "GCHeap", "operator new",
          "operator delete", "malloc", "cfree", "_int_free", "_Znwm", "_ZdlPv", "PollGC"}},
        {"cpu",
         "copies memory",
         "Pass by reference, move, or build in place; keep what is copied small.",
         {"memmove", "memcpy", "Buffer.Memmove", "SpanHelpers.Memmove", "Array.Copy", "_M_realloc",
          "std::vector", "_M_construct", "_M_assign", "basic_string"}},
    };
    return kKinds;
}

bool is_of_kind(const CostKind& kind, std::string_view leaf) {
    return std::ranges::any_of(kind.signs,
                               [&](std::string_view sign) { return leaf.find(sign) != leaf.npos; });
}

namespace {

const CostKind& kind_of_cause(std::string_view cause) {
    return *std::ranges::find(cost_kinds(), cause, &CostKind::cause);
}

}  // namespace

const CostKind* cost_kind(const Suspect& suspect) {
    const std::string_view metric = suspect.costs.empty() ? "" : suspect.costs.front().dimension->metric;
    if (metric == "allocations") return &kind_of_cause("allocation");
    if (metric == "contention" || metric == "exceptions") return &kind_of_cause(metric);
    const CostKind* best = nullptr;
    double most = 1.0 / 6;
    for (const CostKind& kind : cost_kinds()) {
        double share = 0;
        for (const Leaf& leaf : suspect.leaves) {
            if (is_of_kind(kind, leaf.name)) share += leaf.share;
        }
        if (share > most) {
            most = share;
            best = &kind;
        }
    }
    return best;
}

std::string_view cause_of(const Suspect& suspect) {
    if (suspect.rise) return "growth";
    const CostKind* kind = cost_kind(suspect);
    return kind ? kind->cause : "cpu";
}

}  // namespace culprit
