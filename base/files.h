// Files: read whole, written whole or not at all, mapped, and kept inside the folders they may be in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"

namespace culprit {

namespace fs = std::filesystem;

// Fails with NotFound, Denied, or Invalid for a folder or a file of more than `most` bytes.
Result<std::string> read_file(const fs::path& path, std::uint64_t most = std::uint64_t{1} << 30);

enum class Mode : unsigned { Private = 0600, Shared = 0644 };

// Writes a temporary file beside `path` and renames it into place, so that a reader or a crash sees the old
// content or the new, never a part. Missing folders are made. A symbolic link at `path` is replaced, not
// followed.
Result<> write_file(const fs::path& path, std::string_view content, Mode mode = Mode::Shared);

// Makes the folder and those above it.
Result<> make_folder(const fs::path& path);

// XXH3, 128 bits, as hex: tells whether a stored file is still the one that was written. Not against an
// attacker.
std::string content_hash(std::string_view bytes);

// True if `path` is `folder` or lies below it, by name; both are absolute and normal.
bool lies_within(const fs::path& path, const fs::path& folder);

// Where `path` really is: absolute, "." and ".." and every symbolic link resolved; parts that do not exist
// yet are kept.
Result<fs::path> real_path(const fs::path& path);

// The whole of a file, read-only, in memory as the kernel pages it in. Moves, does not copy.
// A file that another process cuts short while it is mapped ends this one with SIGBUS; profile and index
// files are ours or finished.
class MappedFile {
  public:
    static Result<MappedFile> open(const fs::path& path);
    MappedFile(MappedFile&& other) noexcept;
    MappedFile& operator=(MappedFile&& other) noexcept;
    ~MappedFile();

    std::string_view bytes() const { return {data_, size_}; }
    // Lets the first `up_to` bytes leave memory. They are still there: to look at them again reads them
    // again.
    void forget(std::size_t up_to) const;

  private:
    MappedFile(const char* data, std::size_t size) : data_(data), size_(size) {}
    const char* data_ = nullptr;
    std::size_t size_ = 0;
};

// A folder of its own below the system's temporary folder, removed with all it holds at the end.
class TemporaryFolder {
  public:
    static Result<TemporaryFolder> make(std::string_view prefix);
    TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
    TemporaryFolder& operator=(TemporaryFolder&&) = delete;
    ~TemporaryFolder();

    const fs::path& path() const { return path_; }

  private:
    explicit TemporaryFolder(fs::path path) : path_(std::move(path)) {}
    fs::path path_;
};

// A file descriptor that closes itself.
class Descriptor {
  public:
    explicit Descriptor(int fd = -1) : fd_(fd) {}
    Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept;
    ~Descriptor() { close(); }

    int get() const { return fd_; }
    explicit operator bool() const { return fd_ >= 0; }
    void close();

  private:
    int fd_;
};

// Fault and text for the current errno: `errno_error("reading", path)`.
Error errno_error(std::string_view doing, const fs::path& path);

// Writes all of `bytes`, going on after interrupts and short writes. `path` is for the message alone.
Result<> write_all(int fd, std::string_view bytes, const fs::path& path);

}  // namespace culprit
