#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace usher::verify {

/// Steps through JSON text, strictly: RFC 8259, valid UTF-8, no lone surrogates, no number beyond a double,
/// depth 32. Once something is not as it should be, failed() stays true and nothing moves any more.
class JsonScanner {
 public:
  explicit JsonScanner(std::string_view text) : at_{text.data()}, end_{text.data() + text.size()} {}

  /// The first letter of what comes next, white space skipped; 0 at the end.
  char peek();
  /// Steps over that letter if it comes next.
  bool accept(char letter);
  /// Fails unless it does.
  void expect(char letter);

  /// The contents, which hold until the next call.
  std::string_view text();
  /// Nothing when the number has a fraction or an exponent, or is beyond 64 bits.
  std::optional<std::int64_t> number();
  bool flag();
  /// Steps over any value. Objects in it may not have a member twice.
  void skip();
  /// Steps over the opening letter of a list or an object; leave() must follow its end.
  void enter(char letter);
  void leave() { --depth_; }

  bool is_at_end() { return peek() == '\0' && at_ == end_; }
  bool failed() const noexcept { return failed_; }
  void fail() noexcept { failed_ = true; }

 private:
  void word(std::string_view wanted);
  void skip_object();
  void skip_list();
  std::string_view escaped_text(const char* start);
  void take_letter();
  void unescape();
  void append_code_point();
  std::uint32_t code_unit();
  void expect_here(char letter);
  bool skip_one_of(std::string_view letters);
  std::size_t digits();

  const char* at_;
  const char* end_;
  std::string buffer_;
  int depth_{0};
  bool failed_{false};
};

}  // namespace usher::verify
