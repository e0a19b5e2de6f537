// Shared libraries that are loaded once they are needed. libcurl and libpq bring forty others along, which
// take longer to load than most questions to answer, and four megabytes.
#pragma once

#include <string_view>

#include "base/result.h"

namespace culprit {

// Stays loaded until the program ends.
class LateLibrary {
  public:
    // `name` as the loader knows it ("libcurl.so.4"). Fails with NotFound, naming the Debian `package` that
    // has it.
    static Result<LateLibrary> load(const char* name, std::string_view package);

    // Sets the pointer to the function of this name. Fails with NotFound if the library is too old to have
    // it.
    template <class F>
    Result<> find(const char* function, F*& into) const {
        TRY(void* const found, symbol(function));
        into = reinterpret_cast<F*>(found);
        return {};
    }

  private:
    LateLibrary(void* handle, const char* name) : handle_(handle), name_(name) {}
    Result<void*> symbol(const char* function) const;

    void* handle_;
    const char* name_;
};

}  // namespace culprit
