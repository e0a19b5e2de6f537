// The facts of one root's files: read from the state folder, brought up to date, written back.
#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/files.h"
#include "tools/source/segment.h"

namespace culprit {

// A segment of which some files may be out of date: newer segments hold those, or they are gone.
struct LiveSegment {
    Segment segment;
    std::vector<char> live;  // by file
    std::string stored_as;   // its file's name in the store; empty: in memory alone
    std::vector<std::pair<facts::Index, facts::Using>> global_usings = {};  // with the file that says so
    std::vector<facts::Index> projects = {};                                // project files (.csproj)
};

class RootIndex {
  public:
    // `store` is a folder for this root alone; empty: nothing is kept.
    RootIndex(fs::path root, fs::path store);

    struct Changed {
        std::size_t files = 0, parsed = 0, removed = 0;
    };
    // Lists the files as ripgrep does, looks at time and size of each, at the content where those changed,
    // and parses on all cores what is new. On failure what was there stays; on stop (Cancelled) what was
    // parsed by then is kept beside it.
    Result<Changed> update(std::stop_token stop);

    // For an index that nothing has updated yet: parses just the files that are named, and those that hold
    // one of the words, a few hundred at most.
    Result<> read_some(const std::vector<std::string>& paths, const std::vector<std::string>& words,
                       std::stop_token stop);

    // Where the facts of a file stand, by its path below the root; null if it is not indexed.
    std::pair<const LiveSegment*, facts::Index> find(const std::string& path) const;
    const fs::path& root() const { return root_; }
    const std::vector<std::unique_ptr<LiveSegment>>& segments() const { return segments_; }

  private:
    struct Place {
        LiveSegment* segment = nullptr;
        facts::Index file = 0;
        std::int64_t modified_ns = 0;  // as last seen with this content
    };
    struct Found;
    void load();
    Result<std::vector<Found>> load_and_list(std::stop_token stop);
    // Those that hold one of the words; all of them if there are no words.
    Result<std::vector<Found>> list_files(const std::vector<std::string>& words, std::stop_token stop) const;
    // Of a list of paths, each with a zero behind it, what is a source file and may be read.
    void look_at(std::string_view listed, std::vector<Found>& out) const;
    Result<> parse(std::vector<const Found*> files, std::stop_token stop);
    void add(std::unique_ptr<LiveSegment> segment);
    Result<> save();

    fs::path root_, store_;
    std::vector<std::unique_ptr<LiveSegment>> segments_;
    std::unordered_map<std::string, Place> places_;  // by path below the root
    bool loaded_ = false;
};

}  // namespace culprit
