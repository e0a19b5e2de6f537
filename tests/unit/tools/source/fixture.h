// Source trees for tests, and short answers to compare with.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include <gmock/gmock.h>

#include "support/support.h"
#include "tools/source/index.h"

namespace culprit::test {

// A folder of source files that goes away, as root "src".
class SourceTree {
  public:
    SourceTree(std::initializer_list<std::pair<std::string_view, std::string_view>> files) {
        for (const auto& [path, text] : files) write(path, text);
        must(roots_.add_source("src", folder_.path()));
    }
    void write(std::string_view path, std::string_view text) {
        must(write_file(folder_.path() / path, text));
    }
    fs::path path(std::string_view below) const { return must(real_path(folder_.path())) / below; }
    Roots& roots() { return roots_; }
    SourceIndex& index() { return index_; }

    // The line of `file` that holds `words`, which stand in one line alone.
    int line_of(std::string_view file, std::string_view words) const;
    // What the call of `name` on that line calls, as "file:line certainty"; "none" if nothing of ours, "no
    // call".
    std::string target(std::string_view file, std::string_view words, std::string_view name);

  private:
    TemporaryFolder folder_ = temporary_folder();
    Roots roots_;
    SourceIndex index_{roots_};
};

}  // namespace culprit::test
