#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace usher::verify {

class JsonScanner;

/// One member of an object, as far as tokens and statements need it.
struct Member {
  enum class Kind { absent, text, whole, flag, list, object, other };

  Kind kind{Kind::absent};
  std::string text{};
  std::int64_t whole{};  ///< a number without fraction or exponent, or 0 and 1 for a flag
};

/// Reads the members of one JSON object whose names are known, strictly (json_scanner.hpp), with nothing
/// after the object and no member twice: of two parsers, one would believe the first and one the second. Only
/// the entries of a known member may repeat; entry() sees them all. Members with other names are otherwise
/// ignored.
///
/// No tree is built, and no general parser used: a cold token check has 3 microseconds for everything but the
/// signature, nlohmann's takes 2 for the claims alone, and a whole set may hold a million entries.
class ObjectReader {
 public:
  /// `names` must outlive the reader.
  explicit ObjectReader(std::span<const std::string_view> names);
  ObjectReader(const ObjectReader&) = delete;
  ObjectReader& operator=(const ObjectReader&) = delete;
  virtual ~ObjectReader() = default;

  bool read(std::string_view json);

  Member& operator[](std::size_t field) { return members_[field]; }
  const Member& operator[](std::size_t field) const { return members_[field]; }

  /// A text in a list; false refuses the document. A list with anything else in it is of kind `other`.
  virtual bool element(std::size_t field, std::string_view text);
  /// A whole number in an object; likewise.
  virtual bool entry(std::size_t field, std::string_view name, std::int64_t whole);

 private:
  std::size_t find(std::string_view name);
  void read_member(JsonScanner& scanner, std::size_t field);
  void read_list(JsonScanner& scanner, std::size_t field);
  void read_entries(JsonScanner& scanner, std::size_t field);

  std::span<const std::string_view> names_;
  std::vector<Member> members_;
  std::size_t last_found_;
};

}  // namespace usher::verify
