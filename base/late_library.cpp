#include "base/late_library.h"

#include <dlfcn.h>

namespace culprit {

Result<LateLibrary> LateLibrary::load(const char* name, std::string_view package) {
    void* const handle = ::dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (!handle)
        return fail(Fault::NotFound, "{} cannot be loaded: {}; apt install {}", name, ::dlerror(), package);
    return LateLibrary(handle, name);
}

Result<void*> LateLibrary::symbol(const char* function) const {
    void* const found = ::dlsym(handle_, function);
    if (!found) return fail(Fault::NotFound, "{} has no {}: it is too old", name_, function);
    return found;
}

}  // namespace culprit
