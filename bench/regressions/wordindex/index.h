// Which words stand in which texts, and which texts fit a question best.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace wordindex {

struct Posting {
    std::uint32_t text = 0;
    std::uint32_t count = 0;
};

class Index {
  public:
    void add(std::uint32_t text, const std::string& body);
    std::vector<std::uint32_t> search(const std::string& question, std::size_t most) const;
    std::size_t words() const { return postings_.size(); }

  private:
    void count_word(std::uint32_t text, const std::string& word);
    double weight_of(const std::vector<Posting>& postings) const;

    std::unordered_map<std::string, std::vector<Posting>> postings_;
    std::uint32_t texts_ = 0;
};

std::vector<std::string> tokens_of(const std::string& body);
std::string folded(std::string_view word);

}  // namespace wordindex
