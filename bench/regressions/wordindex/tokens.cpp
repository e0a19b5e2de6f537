#include "index.h"

namespace wordindex {

std::string folded(std::string_view word) {
    std::string text(word);
    for (char& c : text) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    if (text.size() > 4 && text.back() == 's') text.pop_back();
    return text;
}

std::vector<std::string> tokens_of(const std::string& body) {
    std::vector<std::string> tokens;
    std::size_t at = 0;
    while (at < body.size()) {
        while (at < body.size() && body[at] == ' ') ++at;
        const std::size_t begin = at;
        while (at < body.size() && body[at] != ' ') ++at;
        if (at > begin) tokens.push_back(folded(std::string_view(body).substr(begin, at - begin)));
    }
    return tokens;
}

}  // namespace wordindex
