#include "index.h"

#include <algorithm>
#include <cmath>

namespace wordindex {

void Index::add(std::uint32_t text, const std::string& body) {
    texts_ = std::max(texts_, text + 1);
    for (const std::string& word : tokens_of(body)) count_word(text, word);
}

void Index::count_word(std::uint32_t text, const std::string& word) {
    std::vector<Posting>& postings = postings_[word];
    if (postings.empty() || postings.back().text != text) postings.push_back({text, 0});
    ++postings.back().count;
}

double Index::weight_of(const std::vector<Posting>& postings) const {
    return std::log(1.0 + texts_ / static_cast<double>(postings.size()));
}

std::vector<std::uint32_t> Index::search(const std::string& question, std::size_t most) const {
    std::unordered_map<std::uint32_t, double> scores;
    for (const std::string& word : tokens_of(question)) {
        const auto found = postings_.find(word);
        if (found == postings_.end()) continue;
        const double weight = weight_of(found->second);
        for (const Posting& posting : found->second) scores[posting.text] += weight * posting.count;
    }
    std::vector<std::pair<double, std::uint32_t>> ranked;
    for (const auto& [text, score] : scores) ranked.emplace_back(-score, text);
    const std::size_t shown = std::min(most, ranked.size());
    std::partial_sort(ranked.begin(), ranked.begin() + static_cast<std::ptrdiff_t>(shown), ranked.end());
    std::vector<std::uint32_t> best;
    for (std::size_t i = 0; i < shown; ++i) best.push_back(ranked[i].second);
    return best;
}

}  // namespace wordindex
