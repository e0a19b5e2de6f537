#include "base/files.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace culprit {

Error errno_error(std::string_view doing, const fs::path& path) {
    const int code = errno;
    Fault fault = Fault::Invalid;
    if (code == ENOENT || code == ENOTDIR) fault = Fault::NotFound;
    if (code == EACCES || code == EPERM || code == EROFS) fault = Fault::Denied;
    if (code == ENOSPC || code == EMFILE || code == ENFILE || code == EIO) fault = Fault::Unavailable;
    return {fault, fmt::format("{} {}: {}", doing, path.string(), std::strerror(code))};
}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
    if (this != &other) {
        close();
        fd_ = std::exchange(other.fd_, -1);
    }
    return *this;
}

void Descriptor::close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

Result<> write_all(int fd, std::string_view bytes, const fs::path& path) {
    while (!bytes.empty()) {
        const ssize_t wrote = ::write(fd, bytes.data(), bytes.size());
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote < 0) return std::unexpected(errno_error("writing", path));
        bytes.remove_prefix(static_cast<std::size_t>(wrote));
    }
    return {};
}

namespace {

constexpr int kMostLinks = 40;  // one behind the other, as in the kernel

struct OpenFile {
    Descriptor fd;
    std::uint64_t size = 0;
};

// Never waits: a FIFO opens without a writer and is then refused as no regular file.
Result<OpenFile> open_regular(const fs::path& path) {
    Descriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!fd) return std::unexpected(errno_error("reading", path));
    struct stat status {};
    if (::fstat(fd.get(), &status) != 0) return std::unexpected(errno_error("reading", path));
    if (S_ISDIR(status.st_mode)) return fail(Fault::Invalid, "{} is a folder, not a file", path.string());
    if (!S_ISREG(status.st_mode)) return fail(Fault::Invalid, "{} is no regular file", path.string());
    return OpenFile{std::move(fd), static_cast<std::uint64_t>(status.st_size)};
}

}  // namespace

Result<std::string> read_file(const fs::path& path, std::uint64_t most) {
    TRY(const OpenFile file, open_regular(path));
    if (file.size > most) {
        return fail(Fault::Invalid, "{} has {} bytes, more than the {} that are read at once", path.string(),
                    file.size, most);
    }
    // Files in /proc say that they are empty: read to the end, whatever the size was.
    std::string content;
    content.resize(std::max<std::size_t>(file.size + 1, 4096));
    std::size_t at = 0;
    for (;;) {
        if (at == content.size()) content.resize(at * 2);
        const ssize_t got = ::read(file.fd.get(), content.data() + at, content.size() - at);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return std::unexpected(errno_error("reading", path));
        if (got == 0) break;
        at += static_cast<std::size_t>(got);
        if (at > most) return fail(Fault::Invalid, "{} grew beyond {} bytes", path.string(), most);
    }
    content.resize(at);
    return content;
}

Result<> write_file(const fs::path& path, std::string_view content, Mode mode) {
    if (path.has_parent_path()) TRY_OK(make_folder(path.parent_path()));
    std::string temporary = path.string() + ".XXXXXX";
    Descriptor fd(::mkostemp(temporary.data(), O_CLOEXEC));
    if (!fd) return std::unexpected(errno_error("writing", path));
    const auto give_up = [&](Error error) {
        ::unlink(temporary.c_str());
        return std::unexpected(std::move(error));
    };
    if (auto written = write_all(fd.get(), content, path); !written)
        return give_up(std::move(written).error());
    if (::fchmod(fd.get(), static_cast<mode_t>(mode)) != 0) return give_up(errno_error("writing", path));
    fd.close();
    if (::rename(temporary.c_str(), path.c_str()) != 0) return give_up(errno_error("writing", path));
    return {};
}

Result<> make_folder(const fs::path& path) {
    std::error_code code;
    fs::create_directories(path, code);
    if (code) {
        errno = code.value();
        return std::unexpected(errno_error("making the folder", path));
    }
    return {};
}

std::string content_hash(std::string_view bytes) {
    const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
    return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

bool lies_within(const fs::path& path, const fs::path& folder) {
    const auto [in_folder, in_path] = std::ranges::mismatch(folder, path);
    // "/a/b/" ends in an empty part that names the folder itself.
    return in_folder == folder.end() || (in_folder->empty() && std::next(in_folder) == folder.end());
}

Result<fs::path> real_path(const fs::path& path) {
    std::error_code code;
    fs::path real = fs::absolute(path, code), before;
    // Behind a part that does not exist ".." is taken off as text, so what stands there then may be a link.
    for (int i = 0; !code && real != before; ++i) {
        if (i == kMostLinks) code = std::make_error_code(std::errc::too_many_symbolic_link_levels);
        before = real;
        if (!code) real = fs::weakly_canonical(before, code);
    }
    if (code) {
        errno = code.value();
        return std::unexpected(errno_error("finding", path));
    }
    if (!real.has_filename() && real.has_relative_path()) real = real.parent_path();
    return real;
}

Result<MappedFile> MappedFile::open(const fs::path& path) {
    TRY(const OpenFile file, open_regular(path));
    if (file.size == 0) return MappedFile(nullptr, 0);
    void* data = ::mmap(nullptr, file.size, PROT_READ, MAP_PRIVATE, file.fd.get(), 0);
    if (data == MAP_FAILED) return std::unexpected(errno_error("mapping", path));
    return MappedFile(static_cast<const char*>(data), file.size);
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
}

void MappedFile::forget(std::size_t up_to) const {
    const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    const std::size_t size = std::min(up_to, size_) / page * page;
    if (size > 0) ::madvise(const_cast<char*>(data_), size, MADV_DONTNEED);
}

MappedFile::~MappedFile() {
    if (data_ != nullptr) ::munmap(const_cast<char*>(data_), size_);
}

Result<TemporaryFolder> TemporaryFolder::make(std::string_view prefix) {
    std::error_code code;
    const fs::path parent = fs::temp_directory_path(code);
    if (code) return fail(Fault::Unavailable, "no temporary folder: {}; set TMPDIR", code.message());
    std::string name = (parent / prefix).string() + "-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) return std::unexpected(errno_error("making the folder", name));
    return TemporaryFolder(name);
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
}

}  // namespace culprit
