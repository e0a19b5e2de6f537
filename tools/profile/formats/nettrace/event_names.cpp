#include "tools/profile/formats/nettrace/event_names.h"

#include <algorithm>
#include <span>

#include <fmt/format.h>

namespace culprit {
namespace {

struct Name {
    std::uint32_t id;
    std::string_view name;
};

constexpr Name kRuntime[] = {
    {1, "GC/Start"},
    {2, "GC/Stop"},
    {3, "GC/RestartEEStop"},
    {4, "GC/HeapStats"},
    {5, "GC/CreateSegment"},
    {6, "GC/FreeSegment"},
    {7, "GC/RestartEEStart"},
    {8, "GC/SuspendEEStop"},
    {9, "GC/SuspendEEStart"},
    {10, "GC/AllocationTick"},
    {11, "GC/CreateConcurrentThread"},
    {12, "GC/TerminateConcurrentThread"},
    {13, "GC/FinalizersStop"},
    {14, "GC/FinalizersStart"},
    {15, "Type/BulkType"},
    {16, "GC/BulkRootEdge"},
    {17, "GC/BulkRootConditionalWeakTableElementEdge"},
    {18, "GC/BulkNode"},
    {19, "GC/BulkEdge"},
    {20, "GC/SampledObjectAllocation"},
    {21, "GC/BulkSurvivingObjectRanges"},
    {22, "GC/BulkMovedObjectRanges"},
    {23, "GC/GenerationRange"},
    {25, "GC/MarkStackRoots"},
    {26, "GC/MarkFinalizeQueueRoots"},
    {27, "GC/MarkHandles"},
    {28, "GC/MarkCards"},
    {29, "GC/FinalizeObject"},
    {30, "GC/SetGCHandle"},
    {31, "GC/DestroyGCHandle"},
    {32, "GC/SampledObjectAllocation"},
    {33, "GC/PinObjectAtGCTime"},
    {35, "GC/Triggered"},
    {36, "GC/BulkRootCCW"},
    {37, "GC/BulkRCW"},
    {38, "GC/BulkRootStaticVar"},
    {39, "GC/DynamicEvent"},
    {50, "ThreadPoolWorkerThread/Start"},
    {51, "ThreadPoolWorkerThread/Stop"},
    {52, "ThreadPoolWorkerThreadRetirement/Start"},
    {53, "ThreadPoolWorkerThreadRetirement/Stop"},
    {54, "ThreadPoolWorkerThreadAdjustment/Sample"},
    {55, "ThreadPoolWorkerThreadAdjustment/Adjustment"},
    {56, "ThreadPoolWorkerThreadAdjustment/Stats"},
    {57, "ThreadPoolWorkerThread/Wait"},
    {58, "YieldProcessorMeasurement"},
    {59, "ThreadPoolMinMaxThreads/Info"},
    {60, "ThreadPoolWorkingThreadCount/Start"},
    {61, "ThreadPool/Enqueue"},
    {62, "ThreadPool/Dequeue"},
    {63, "ThreadPool/IOEnqueue"},
    {64, "ThreadPool/IODequeue"},
    {65, "ThreadPool/IOPack"},
    {70, "Thread/Creating"},
    {71, "Thread/Running"},
    {80, "Exception/Start"},
    {81, "Contention/Start"},
    {85, "AppDomainResourceManagement/ThreadCreated"},
    {90, "Contention/LockCreated"},
    {91, "Contention/Stop"},
    {141, "Method/Load"},
    {142, "Method/Unload"},
    {143, "Method/LoadVerbose"},
    {144, "Method/UnloadVerbose"},
    {145, "Method/JittingStarted"},
    {146, "Method/MemoryAllocatedForJitCode"},
    {151, "Loader/DomainModuleLoad"},
    {152, "Loader/ModuleLoad"},
    {153, "Loader/ModuleUnload"},
    {154, "Loader/AssemblyLoad"},
    {155, "Loader/AssemblyUnload"},
    {156, "Loader/AppDomainLoad"},
    {157, "Loader/AppDomainUnload"},
    {159, "Method/R2RGetEntryPoint"},
    {160, "Method/R2RGetEntryPointStart"},
    {185, "Method/InliningSucceeded"},
    {186, "Method/InliningFailed"},
    {187, "Runtime/Start"},
    {188, "Method/TailCallSucceeded"},
    {189, "Method/TailCallFailed"},
    {190, "Method/ILToNativeMap"},
    {202, "GC/MarkWithType"},
    {203, "GC/Join"},
    {204, "GC/PerHeapHistory"},
    {205, "GC/GlobalHeapHistory"},
    {206, "GC/GenAwareBegin"},
    {207, "GC/GenAwareEnd"},
    {208, "GC/LOHCompact"},
    {209, "GC/FitBucketInfo"},
    {250, "ExceptionCatch/Start"},
    {251, "ExceptionCatch/Stop"},
    {252, "ExceptionFinally/Start"},
    {253, "ExceptionFinally/Stop"},
    {254, "ExceptionFilter/Start"},
    {255, "ExceptionFilter/Stop"},
    {256, "Exception/Stop"},
    {280, "TieredCompilation/Settings"},
    {281, "TieredCompilation/Pause"},
    {282, "TieredCompilation/Resume"},
    {283, "TieredCompilation/BackgroundJitStart"},
    {284, "TieredCompilation/BackgroundJitStop"},
    {290, "AssemblyLoader/Start"},
    {291, "AssemblyLoader/Stop"},
    {292, "AssemblyLoader/ResolutionAttempted"},
    {296, "AssemblyLoader/KnownPathProbed"},
    {301, "WaitHandleWait/Start"},
    {302, "WaitHandleWait/Stop"},
    {303, "AllocationSampling/Sampled"},
};

constexpr Name kRundown[] = {
    {10, "GC/SettingsRundown"},          {143, "Method/DCStartVerbose"},
    {144, "Method/DCStopVerbose"},       {145, "Method/DCStartComplete"},
    {146, "Method/DCStopComplete"},      {147, "Method/DCStartInit"},
    {148, "Method/DCStopInit"},          {149, "Method/ILToNativeMapDCStart"},
    {150, "Method/ILToNativeMapDCStop"}, {151, "Loader/DomainModuleDCStart"},
    {152, "Loader/DomainModuleDCStop"},  {153, "Loader/ModuleDCStart"},
    {154, "Loader/ModuleDCStop"},        {155, "Loader/AssemblyDCStart"},
    {156, "Loader/AssemblyDCStop"},      {157, "Loader/AppDomainDCStart"},
    {158, "Loader/AppDomainDCStop"},     {187, "Runtime/Start"},
};

std::string_view known_name(std::span<const Name> names, std::uint32_t id) {
    const auto found = std::ranges::lower_bound(names, id, {}, &Name::id);
    return found != names.end() && found->id == id ? found->name : std::string_view();
}

}  // namespace

std::string event_name(const EventType& type) {
    if (!type.name.empty()) return type.name;
    std::string_view name;
    if (type.provider == Provider::Runtime) name = known_name(kRuntime, type.id);
    if (type.provider == Provider::Rundown) name = known_name(kRundown, type.id);
    if (type.provider == Provider::SampleProfiler && type.id == 0) name = "Thread/Sample";
    return name.empty() ? fmt::format("Event {}", type.id) : std::string(name);
}

}  // namespace culprit
