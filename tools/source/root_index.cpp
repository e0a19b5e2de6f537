#include "tools/source/root_index.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

#include <fcntl.h>
#include <sys/stat.h>

#include "base/process.h"
#include "base/text.h"
#include "tools/source/file_kind.h"
#include "tools/source/languages.h"
#include "tools/source/words.h"

namespace culprit {
namespace {

constexpr std::size_t kLargestSegment = 48u << 20;
constexpr std::uint64_t kLargestFile = 8u << 20;  // longer sources are data that a program wrote
constexpr std::size_t kMostAtOnce = 400;          // files read for one question before the index is there
constexpr std::string_view kCurrent = "current";  // names the segments in force, oldest first

}  // namespace

struct RootIndex::Found {
    std::string path;
    std::int64_t modified_ns = 0;
    std::uint64_t size = 0;
};

RootIndex::RootIndex(fs::path root, fs::path store) : root_(std::move(root)), store_(std::move(store)) {}

// What cannot be read is read anew from the sources, so nothing here fails.
void RootIndex::load() {
    loaded_ = true;
    if (store_.empty()) return;
    const auto current = read_file(store_ / kCurrent, 1 << 20);
    if (!current) return;
    for (const std::string_view name : split_lines(*current)) {
        if (name.find('/') != std::string_view::npos) continue;
        auto opened = Segment::open(store_ / name);
        if (opened)
            add(std::make_unique<LiveSegment>(
                LiveSegment{*std::move(opened), {}, std::string(name), {}, {}}));
    }
}

// Later segments win.
void RootIndex::add(std::unique_ptr<LiveSegment> added) {
    const auto files = added->segment.files();
    added->live.assign(files.size(), 1);
    for (facts::Index i = 0; i < files.size(); ++i) {
        Place& place = places_[std::string(added->segment.text(files[i].path))];
        if (place.segment) place.segment->live[place.file] = 0;
        place = {added.get(), i, files[i].modified_ns};
        if (added->segment.text(files[i].path).ends_with(".csproj")) added->projects.push_back(i);
        for (const facts::Using& row : added->segment.usings(files[i])) {
            if (row.global) added->global_usings.emplace_back(i, row);
        }
    }
    segments_.push_back(std::move(added));
}

std::pair<const LiveSegment*, facts::Index> RootIndex::find(const std::string& path) const {
    const auto place = places_.find(path);
    if (place == places_.end()) return {};
    return {place->second.segment, place->second.file};
}

Result<std::vector<RootIndex::Found>> RootIndex::list_files(const std::vector<std::string>& words,
                                                            std::stop_token stop) const {
    Command command{.argv = {"rg", "--null", "--no-messages", "--no-config"},
                    .folder = root_,
                    .limit = std::chrono::minutes(5),
                    .most_output = 512u << 20};
    if (words.empty()) command.argv.push_back("--files");
    if (!words.empty()) command.argv.insert(command.argv.end(), {"-l", "-w", "-F", "--max-filesize=8M"});
    for (const std::string& word : words) command.argv.insert(command.argv.end(), {"-e", word});
    for (const Language& language : languages()) {
        for (const std::string_view suffix : language.suffixes)
            command.argv.push_back(fmt::format("-g*{}", suffix));
    }
    if (!words.empty()) command.argv.push_back(".");  // without a path it would search its stdin
    std::vector<Found> files;
    std::string rest;
    // The files are looked at while ripgrep still lists.
    const auto on_output = [&](Stream stream, std::string_view piece) {
        if (stream != Stream::Out) return true;
        rest += piece;
        const std::size_t whole = rest.rfind('\0') + 1;  // npos + 1 is 0
        look_at(std::string_view(rest).substr(0, whole), files);
        rest.erase(0, whole);
        return true;
    };
    auto listed = run(command, stop, on_output);
    if (!listed && listed.error().fault == Fault::NotFound) {
        return fail(Fault::NotFound, "cannot list {}: {}; culprit needs ripgrep (apt-get install ripgrep)",
                    root_.string(), listed.error().what);
    }
    TRY(const Finished finished, std::move(listed));
    // A root that an outer .gitignore hides is meant to be read all the same.
    if (finished.out_bytes == 0 && words.empty()) {
        command.argv.push_back("--no-ignore");
        TRY_OK(run(command, stop, on_output));
    }
    return files;
}

void RootIndex::look_at(std::string_view listed, std::vector<Found>& out) const {
    if (listed.empty()) return;
    const Descriptor folder(::open(root_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    for (std::string_view path : split(listed, '\0')) {
        if (path.starts_with("./")) path.remove_prefix(2);
        if (path.empty() || !language_of(path)) continue;
        Found found{.path = std::string(path)};
        struct stat status {};
        if (::fstatat(folder.get(), found.path.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) continue;
        if (!S_ISREG(status.st_mode) || static_cast<std::uint64_t>(status.st_size) > kLargestFile) continue;
        found.modified_ns = std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec;
        found.size = static_cast<std::uint64_t>(status.st_size);
        out.push_back(std::move(found));
    }
}

namespace {

std::uint64_t hash_of(std::string_view text) {
    const std::string hex = content_hash(text).substr(0, 16);
    return std::stoull(hex, nullptr, 16);
}

// One thread's share of the parsing.
class Worker {
  public:
    explicit Worker(const fs::path& root) : root_(root) {}

    Result<> take(const std::string& path, std::int64_t modified_ns, std::stop_token stop) {
        const auto text = read_file(root_ / path);
        if (!text) return {};  // gone since it was listed
        const Language& language = *language_of(path);
        facts::File& file = builder_.begin_file(path);
        file.language = static_cast<std::uint32_t>(&language - languages().data());
        file.modified_ns = modified_ns;
        file.size = text->size();
        file.hash = hash_of(*text);
        file.flags = file_flags(path, *text);
        file.lines = static_cast<std::uint32_t>(std::ranges::count(*text, '\n')) + 1;
        const auto extracted =
            is_binary(*text) ? Result<>() : extract(language, parser(language), *text, builder_, stop);
        if (!extracted && extracted.error().fault == Fault::Cancelled) {
            builder_.tables.files.back().size =
                ~std::uint64_t{0};  // no file is so long: it counts as changed
            builder_.end_file();
            return extracted;
        }
        if (!extracted) builder_.tables.files.back().flags |= facts::Broken;
        for (const std::uint32_t word : word_hashes(*text)) {
            builder_.tables.words.push_back(std::uint64_t{word} << 32 | builder_.file_index());
        }
        builder_.end_file();
        if (builder_.size_bytes() > kLargestSegment) finish();
        return {};
    }

    void finish() {
        if (!builder_.tables.files.empty()) segments_.push_back(builder_.finish());
    }
    std::vector<std::string>& segments() { return segments_; }

  private:
    Parser& parser(const Language& language) {
        const auto found = std::ranges::find(parsers_, &language,
                                             &std::pair<const Language*, std::unique_ptr<Parser>>::first);
        if (found != parsers_.end()) return *found->second;
        return *parsers_
                    .emplace_back(&language,
                                  std::make_unique<Parser>(language.grammar ? language.grammar() : nullptr))
                    .second;
    }

    const fs::path& root_;
    std::vector<std::pair<const Language*, std::unique_ptr<Parser>>> parsers_;
    SegmentBuilder builder_;
    std::vector<std::string> segments_;
};

}  // namespace

Result<> RootIndex::parse(std::vector<const Found*> files, std::stop_token stop) {
    std::ranges::sort(files, {}, &Found::path);  // neighbours land in one segment
    const std::size_t threads =
        std::clamp<std::size_t>(files.size() / 8, 1, std::max(1u, std::thread::hardware_concurrency()));
    std::atomic<std::size_t> next = 0;
    std::vector<Worker> workers;
    for (std::size_t i = 0; i < threads; ++i) workers.emplace_back(root_);
    const auto work = [&](Worker& worker) {
        for (std::size_t i = next++; i < files.size() && !stop.stop_requested(); i = next++) {
            if (!worker.take(files[i]->path, files[i]->modified_ns, stop)) break;
        }
        worker.finish();
    };
    {
        std::vector<std::jthread> running;
        for (std::size_t i = 1; i < threads; ++i) running.emplace_back([&, i] { work(workers[i]); });
        work(workers[0]);
    }
    for (Worker& worker : workers) {
        for (std::string& bytes : worker.segments()) {
            TRY(Segment segment, Segment::from_bytes(std::move(bytes)));
            add(std::make_unique<LiveSegment>(LiveSegment{std::move(segment), {}, {}, {}, {}}));
        }
    }
    return {};
}

Result<> RootIndex::read_some(const std::vector<std::string>& paths, const std::vector<std::string>& words,
                              std::stop_token stop) {
    std::vector<Found> files;
    for (const std::string& path : paths) look_at(path, files);
    if (!words.empty()) {
        TRY(std::vector<Found> naming, list_files(words, stop));
        std::ranges::move(naming, std::back_inserter(files));
    }
    std::vector<const Found*> unknown;
    for (const Found& found : files) {
        if (!places_.contains(found.path) && unknown.size() < kMostAtOnce) unknown.push_back(&found);
    }
    return unknown.empty() ? Result<>() : parse(std::move(unknown), stop);
}

Result<std::vector<RootIndex::Found>> RootIndex::load_and_list(std::stop_token stop) {
    std::jthread loading;  // while the files are listed
    if (!loaded_) loading = std::jthread([this] { load(); });
    return list_files({}, stop);
}

Result<RootIndex::Changed> RootIndex::update(std::stop_token stop) {
    TRY(const std::vector<Found> files, load_and_list(stop));
    Changed changed{.files = files.size()};
    std::vector<const Found*> stale;
    std::unordered_map<std::string_view, bool> listed;
    for (const Found& found : files) {
        listed.emplace(found.path, true);
        const auto place = places_.find(found.path);
        if (place == places_.end()) {
            stale.push_back(&found);
            continue;
        }
        const facts::File& known = place->second.segment->segment.file(place->second.file);
        if (known.size == found.size && place->second.modified_ns == found.modified_ns) continue;
        const auto text = known.size == found.size ? read_file(root_ / found.path) : Result<std::string>();
        if (text && known.size == found.size && hash_of(*text) == known.hash)
            place->second.modified_ns = found.modified_ns;
        else
            stale.push_back(&found);
    }
    if (!stale.empty()) {
        changed.parsed = stale.size();
        TRY_OK(parse(std::move(stale), stop));
        if (stop.stop_requested()) {
            (void)save();  // the next start goes on from here
            return std::unexpected(cancelled());
        }
    }
    for (auto place = places_.begin(); place != places_.end();) {
        if (listed.contains(place->first)) {
            ++place;
            continue;
        }
        place->second.segment->live[place->second.file] = 0;
        place = places_.erase(place);
        ++changed.removed;
    }
    std::erase_if(segments_, [](const auto& s) {
        return std::ranges::none_of(s->live, [](char live) { return live; });
    });
    if (changed.parsed > 0 || changed.removed > 0)
        (void)save();  // an index that cannot be kept is made anew next time
    return changed;
}

namespace {

// Removes what no index in force names and nobody is just writing.
void remove_old(const fs::path& store, const std::string& current) {
    std::error_code code;
    for (const auto& entry : fs::directory_iterator(store, code)) {
        const std::string name = entry.path().filename().string();
        const auto age = fs::file_time_type::clock::now() - entry.last_write_time(code);
        if (name != kCurrent && current.find(name) == std::string::npos && age > std::chrono::hours(1))
            fs::remove(entry.path(), code);
    }
}

}  // namespace

Result<> RootIndex::save() {
    if (store_.empty()) return {};
    TRY_OK(make_folder(store_));
    std::error_code code;
    const fs::path ignore = store_.parent_path() / ".gitignore";
    if (!fs::exists(ignore, code)) TRY_OK(write_file(ignore, "*\n"));
    std::string current;
    for (const auto& segment : segments_) {
        if (segment->stored_as.empty()) {
            const std::string name = content_hash(segment->segment.bytes()) + ".segment";
            TRY_OK(write_file(store_ / name, segment->segment.bytes(), Mode::Private));
            TRY(Segment mapped, Segment::open(store_ / name));
            segment->segment = std::move(mapped);  // the pages of the file in place of our own memory
            segment->stored_as = name;
        }
        current += segment->stored_as + '\n';
    }
    TRY_OK(write_file(store_ / kCurrent, current, Mode::Private));
    remove_old(store_, current);
    return {};
}

}  // namespace culprit
