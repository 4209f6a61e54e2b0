#include "json_object.hpp"

#include "json_scanner.hpp"

#include <algorithm>
#include <optional>

namespace usher::verify {
namespace {

using Kind = Member::Kind;

bool begins_number(char letter)
{
  return letter == '-' || (letter >= '0' && letter <= '9');
}

}  // namespace

ObjectReader::ObjectReader(std::span<const std::string_view> names)
    : names_{names}, members_(names.size()), last_found_{names.size()}
{
}

bool ObjectReader::read(std::string_view json)
{
  JsonScanner scanner{json};
  std::vector<std::string> strangers;
  scanner.enter('{');
  for (bool more = scanner.peek() != '}'; more && !scanner.failed(); more = scanner.accept(',')) {
    const std::string_view name = scanner.text();
    const std::size_t field = find(name);
    if (field == names_.size()) {
      strangers.emplace_back(name);
      scanner.expect(':');
      scanner.skip();
      continue;
    }
    if (members_[field].kind != Kind::absent) {
      return false;
    }
    scanner.expect(':');
    read_member(scanner, field);
  }
  scanner.expect('}');
  std::ranges::sort(strangers);
  return scanner.is_at_end() && !scanner.failed() && std::ranges::adjacent_find(strangers) == strangers.end();
}

/// Begins where the last one was found: names mostly come in the order in which we have them.
std::size_t ObjectReader::find(std::string_view name)
{
  for (std::size_t tried = 0; tried < names_.size(); ++tried) {
    last_found_ = last_found_ + 1 < names_.size() ? last_found_ + 1 : 0;
    if (names_[last_found_] == name) {
      return last_found_;
    }
  }
  return names_.size();
}

void ObjectReader::read_member(JsonScanner& scanner, std::size_t field)
{
  Member& member = members_[field];
  const char first = scanner.peek();
  if (first == '"') {
    member.kind = Kind::text;
    member.text = scanner.text();
  } else if (begins_number(first)) {
    const std::optional<std::int64_t> whole = scanner.number();
    member.kind = whole ? Kind::whole : Kind::other;
    member.whole = whole.value_or(0);
  } else if (first == 't' || first == 'f') {
    member.kind = Kind::flag;
    member.whole = scanner.flag() ? 1 : 0;
  } else if (first == '[') {
    member.kind = Kind::list;
    read_list(scanner, field);
  } else if (first == '{') {
    member.kind = Kind::object;
    read_entries(scanner, field);
  } else {
    member.kind = Kind::other;
    scanner.skip();
  }
}

void ObjectReader::read_list(JsonScanner& scanner, std::size_t field)
{
  scanner.enter('[');
  for (bool more = scanner.peek() != ']'; more && !scanner.failed(); more = scanner.accept(',')) {
    if (scanner.peek() != '"') {
      members_[field].kind = Kind::other;
      scanner.skip();
    } else if (!element(field, scanner.text())) {
      scanner.fail();
    }
  }
  scanner.expect(']');
  scanner.leave();
}

void ObjectReader::read_entries(JsonScanner& scanner, std::size_t field)
{
  std::string name;
  scanner.enter('{');
  for (bool more = scanner.peek() != '}'; more && !scanner.failed(); more = scanner.accept(',')) {
    name = scanner.text();
    scanner.expect(':');
    const bool is_number = begins_number(scanner.peek());
    const std::optional<std::int64_t> whole = is_number ? scanner.number() : std::nullopt;
    if (!is_number) {
      scanner.skip();
    }
    if (!whole) {
      members_[field].kind = Kind::other;
    } else if (!entry(field, name, *whole)) {
      scanner.fail();
    }
  }
  scanner.expect('}');
  scanner.leave();
}

bool ObjectReader::element(std::size_t /*field*/, std::string_view /*text*/)
{
  return true;
}

bool ObjectReader::entry(std::size_t /*field*/, std::string_view /*name*/, std::int64_t /*whole*/)
{
  return true;
}

}  // namespace usher::verify
