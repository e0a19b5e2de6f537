#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>

#include "index.h"

// Texts of made-up words, of which some are common; half of the time goes into questions.
int main(int argc, char** argv) {
    const double seconds = argc > 1 ? std::atof(argv[1]) : 3;
    std::mt19937 random(7);
    std::vector<std::string> words;
    for (int i = 0; i < 20000; ++i) {
        std::string word;
        for (int n = 3 + static_cast<int>(random() % 8); n > 0; --n) word += static_cast<char>('a' + random() % 26);
        words.push_back(word);
    }
    const auto text_of = [&](int length) {
        std::string text;
        for (int i = 0; i < length; ++i) {
            const std::uint32_t r = random();
            const std::size_t word = (r % 4 == 0) ? r / 4 % 200 : r / 4 % words.size();
            text += words[word] + ' ';
        }
        return text;
    };
    std::vector<std::string> texts, questions;
    for (int i = 0; i < 400; ++i) texts.push_back(text_of(200));
    for (int i = 0; i < 200; ++i) questions.push_back(text_of(6));
    const auto begin = std::chrono::steady_clock::now();
    long rounds = 0, found = 0;
    while (std::chrono::steady_clock::now() - begin < std::chrono::duration<double>(seconds)) {
        wordindex::Index index;
        for (std::uint32_t i = 0; i < texts.size(); ++i) index.add(i, texts[i]);
        for (const std::string& question : questions) found += static_cast<long>(index.search(question, 10).size());
        ++rounds;
    }
    std::printf("{\"workload\":\"wordindex\",\"rounds\":%ld,\"found\":%ld}\n", rounds, found);
}
