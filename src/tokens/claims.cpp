#include "tokens/claims.hpp"

#include <algorithm>

namespace usher::tokens {

std::vector<std::string> amr_words(std::string_view amr)
{
  std::vector<std::string> words;
  while (!amr.empty()) {
    const std::string_view word = amr.substr(0, amr.find(' '));
    words.emplace_back(word);
    amr.remove_prefix(std::min(word.size() + 1, amr.size()));
  }
  return words;
}

}  // namespace usher::tokens
