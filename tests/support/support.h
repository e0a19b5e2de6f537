// What every test needs: where things are, results that must be good, text compared with a golden file.
#pragma once

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "base/files.h"
#include "base/result.h"

namespace culprit::test {

// A file or folder of the source tree: source_path("tests/formats/folded").
fs::path source_path(std::string_view relative);

// The culprit program that was built with the tests.
fs::path culprit_program();

// The value of a result; a failure of the test, and the end of the program, if it is an error.
template <class T>
T must(Result<T> result) {
    if (!result) {
        ADD_FAILURE() << result.error().what;
        std::abort();
    }
    return *std::move(result);
}
inline void must(Result<> result) {
    if (!result) {
        ADD_FAILURE() << result.error().what;
        std::abort();
    }
}

// Compares with the file, whole; with CULPRIT_UPDATE_GOLDEN=1 in the environment writes the file instead.
void expect_golden(const fs::path& file, std::string_view actual);

// Compares what stands between <!-- name --> and <!-- /name --> in the file, or writes it, in the same way.
void expect_section(const fs::path& file, std::string_view name, const std::string& text);

// A folder that goes away with the object.
TemporaryFolder temporary_folder();

}  // namespace culprit::test
