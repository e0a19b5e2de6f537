#include "ledger.h"

namespace ledger {

Accounts::Accounts(std::size_t count) : cents_(count, 1000000) {}

bool Accounts::book(const Transfer& transfer) {
    const std::size_t a = transfer.from % kStripes, b = transfer.to % kStripes;
    std::unique_lock first(stripes_[std::min(a, b)]);
    std::unique_lock<std::mutex> second;
    if (a != b) second = std::unique_lock(stripes_[std::max(a, b)]);
    if (cents_[transfer.from] < transfer.cents) return false;
    cents_[transfer.from] -= transfer.cents;
    cents_[transfer.to] += transfer.cents;
    return true;
}

std::int64_t Accounts::total() const {
    std::int64_t sum = 0;
    for (const std::int64_t cents : cents_) sum += cents;
    return sum;
}

void Journal::note(const Transfer& transfer) {
    constexpr std::size_t kKept = 256;
    if (entries_.size() < kKept) {
        entries_.push_back(transfer);
        return;
    }
    entries_[next_] = transfer;
    next_ = (next_ + 1) % kKept;
}

std::uint64_t checksum(const Transfer& transfer) {
    std::uint64_t hash = 1469598103934665603u ^ transfer.from;
    for (int round = 0; round < 4; ++round) {
        for (const char c : transfer.note) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
        hash ^= static_cast<std::uint64_t>(transfer.cents);
    }
    return hash;
}

bool is_plausible(const Transfer& transfer) {
    return transfer.cents > 0 && transfer.from != transfer.to && !transfer.note.empty() && transfer.note.size() < 200;
}

}  // namespace ledger
