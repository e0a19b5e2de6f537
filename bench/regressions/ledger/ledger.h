// Accounts that several threads book transfers between.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace ledger {

struct Transfer {
    std::uint32_t from = 0, to = 0;
    std::int64_t cents = 0;
    std::string note;
};

class Accounts {
  public:
    explicit Accounts(std::size_t count);
    bool book(const Transfer& transfer);
    std::int64_t total() const;

  private:
    static constexpr std::size_t kStripes = 64;
    std::vector<std::int64_t> cents_;
    std::array<std::mutex, kStripes> stripes_;
};

// The last transfers of each thread, by account.
class Journal {
  public:
    void note(const Transfer& transfer);
    std::size_t size() const { return entries_.size(); }

  private:
    std::vector<Transfer> entries_;
    std::size_t next_ = 0;
};

std::uint64_t checksum(const Transfer& transfer);
bool is_plausible(const Transfer& transfer);

}  // namespace ledger
