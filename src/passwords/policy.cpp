#include "passwords/policy.hpp"

#include "base/secret.hpp"
#include "passwords/numbers.hpp"
#include "text/unicode.hpp"

#include <fmt/format.h>
#include <zxcvbn.h>

#include <algorithm>
#include <array>
#include <vector>

namespace usher::passwords {
namespace {

/// zxcvbn's work grows steeply with the length: 3 ms for the worst 64 bytes, 16 ms for 100. Who needs more
/// than the first 64 to be hard to guess is refused.
constexpr std::size_t assessed_bytes_max = 64;
/// A shorter piece of a name is in many good passphrases.
constexpr std::size_t telling_min = 4;

/// Password-strength score of `bits` of entropy, as zxcvbn counts: 10^3, 10^6, 10^8, 10^10 guesses.
int score_of(double bits)
{
  constexpr std::array limits{10.0, 20.0, 26.6, 33.2};
  return static_cast<int>(std::ranges::count_if(limits, [bits](double limit) { return bits >= limit; }));
}

bool is_separator(char c)
{
  return static_cast<unsigned char>(c) < 0x80 && alphanumeric.find(c) == std::string_view::npos;
}

/// What of a name or address tells whose it is: the whole of it, what stands before the '@', and their words.
/// Folded.
std::vector<std::string> telling_words(std::initializer_list<std::string_view> own)
{
  std::vector<std::string> words;
  for (const std::string_view text : own) {
    const std::string folded = text::folded(text);
    const std::string_view local = std::string_view{folded}.substr(0, folded.rfind('@'));
    words.push_back(folded);
    words.emplace_back(local);
    const auto* from = local.begin();
    while (from != local.end()) {
      const auto* const to = std::find_if(from, local.end(), is_separator);
      words.emplace_back(from, to);
      from = std::find_if_not(to, local.end(), is_separator);
    }
  }
  return words;
}

bool holds_one_of(std::string_view password, const std::vector<std::string>& words)
{
  const Secret folded{text::folded(password)};
  return std::ranges::any_of(words, [&](const std::string& word) {
    return text::length(word) >= telling_min && folded.reveal().find(word) != std::string_view::npos;
  });
}

int strength_of(std::string_view password, const std::vector<std::string>& words)
{
  std::string text{password.substr(0, assessed_bytes_max)};
  // zxcvbn would take a zero byte for the end; without them the password can only look weaker.
  std::erase(text, '\0');
  const Secret assessed{std::move(text)};
  std::vector<const char*> dictionary{"usher"};
  for (const std::string& word : words) {
    if (!word.empty()) {
      dictionary.push_back(word.c_str());
    }
  }
  dictionary.push_back(nullptr);
  const char* const zero_terminated = assessed.reveal().begin();  // a Secret is a string
  return score_of(ZxcvbnMatch(zero_terminated, dictionary.data(), nullptr));
}

}  // namespace

std::string problem_with(
    std::string_view password, std::initializer_list<std::string_view> own, const Options& options
)
{
  if (!text::is_utf8(password)) {
    return "must be valid UTF-8";
  }
  const Secret composed{password.size() > password_bytes_max ? std::string{} : text::nfc(password)};
  const std::size_t length = text::length(composed.reveal());
  if (length < options.length_min || length > options.length_max) {
    return fmt::format("must be {} to {} characters", options.length_min, options.length_max);
  }
  if (options.strength_min <= 0) {
    return {};
  }
  const std::vector<std::string> words = telling_words(own);
  if (holds_one_of(composed.reveal(), words)) {
    return "must not contain your name or e-mail address";
  }
  return strength_of(composed.reveal(), words) < options.strength_min ? "is too easy to guess" : "";
}

}  // namespace usher::passwords
