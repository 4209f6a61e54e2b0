#include "json/check.hpp"
#include "json/json.hpp"
#include "json/level.hpp"
#include "json/limits.hpp"

#include <boost/json/basic_parser_impl.hpp>

#include <limits>

namespace usher::json {
namespace {

namespace bj = boost::json;

/// What basic_parser calls, driven by the Field tables. It does not stop at a wrong field: that is noted, its
/// value passed over, and the rest is read. Every step costs a bounded amount, so the whole is linear.
class Reader {
 public:
  static constexpr std::size_t max_object_size = size_max;
  static constexpr std::size_t max_array_size = size_max;
  static constexpr std::size_t max_key_size = size_max;
  static constexpr std::size_t max_string_size = size_max;

  Reader(const AnyShape& shape, void* out, std::vector<FieldError>& wrong)
      : shape_{shape}, out_{out}, wrong_{wrong}
  {
    levels_.reserve(2);
  }

  static bool on_document_begin(bj::error_code& /*code*/) { return true; }
  static bool on_document_end(bj::error_code& /*code*/) { return true; }
  bool on_object_begin(bj::error_code& code);
  bool on_object_end(std::size_t size, bj::error_code& code);
  bool on_array_begin(bj::error_code& code);
  bool on_array_end(std::size_t size, bj::error_code& code);
  bool on_key_part(bj::string_view part, std::size_t size, bj::error_code& code);
  bool on_key(bj::string_view part, std::size_t size, bj::error_code& code);
  bool on_string_part(bj::string_view part, std::size_t size, bj::error_code& code);
  bool on_string(bj::string_view part, std::size_t size, bj::error_code& code);
  static bool on_number_part(bj::string_view /*part*/, bj::error_code& /*code*/) { return true; }
  bool on_int64(std::int64_t value, bj::string_view text, bj::error_code& code);
  bool on_uint64(std::uint64_t value, bj::string_view text, bj::error_code& code);
  bool on_double(double value, bj::string_view text, bj::error_code& code);
  bool on_bool(bool value, bj::error_code& code);
  bool on_null(bj::error_code& code);
  static bool on_comment_part(bj::string_view /*part*/, bj::error_code& /*code*/) { return true; }
  static bool on_comment(bj::string_view /*part*/, bj::error_code& /*code*/) { return true; }

 private:
  const Field* wanted(Type type);
  bool scalar_is_out_of_place(bj::error_code& code) const;
  bool not_whole(bj::error_code& code);
  void note_missing();
  std::string path() const;
  void complain(std::string_view reason);
  void complain_of_member(const std::string& name, std::string_view reason);

  const AnyShape& shape_;
  void* out_;
  std::vector<FieldError>& wrong_;
  std::vector<Level> levels_{};
  std::size_t passing_over_{0};  ///< depth within a value that is not wanted
  std::string name_{};
  std::string text_{};
};

std::string Reader::path() const
{
  std::string path;
  for (const Level& level : levels_) {
    if (is_list(level)) {
      path += '[' + std::to_string(level.next - 1) + ']';
    } else if (level.field != nullptr) {
      path += path.empty() ? "" : ".";
      path += level.field->name;
    }
  }
  return path;
}

void Reader::complain(std::string_view reason)
{
  if (wrong_.size() < wrong_fields_max) {
    wrong_.push_back({.field = path(), .reason = std::string{reason}});
  }
}

/// Of a member that the innermost object is not reading.
void Reader::complain_of_member(const std::string& name, std::string_view reason)
{
  if (wrong_.size() < wrong_fields_max) {
    std::string field = path();
    field += field.empty() ? "" : ".";
    field += name;
    wrong_.push_back({.field = std::move(field), .reason = std::string{reason}});
  }
}

/// The field that a value of `type` is to be put into; nullptr when it is to be passed over.
const Field* Reader::wanted(Type type)
{
  Level& level = levels_.back();
  if (level.field == nullptr) {
    return nullptr;
  }
  if (is_list(level)) {
    ++level.next;
    if (!problem_with_count(level.next, {.max = level.field->limits.max}).empty()) {
      return nullptr;  // told once, at the end of the list
    }
  }
  if (expected(level) != type) {
    complain(wrong_type(expected(level)));
    return nullptr;
  }
  return level.field;
}

/// True when nothing is to be done with it: inside a value that is passed over, or not in an object at all.
bool Reader::scalar_is_out_of_place(bj::error_code& code) const
{
  if (levels_.empty()) {
    code = bj::error::not_object;
  }
  return levels_.empty() || passing_over_ > 0;
}

bool Reader::on_object_begin(bj::error_code& /*code*/)
{
  if (levels_.empty()) {
    levels_.push_back({.shape = &shape_, .owner = out_});
    return true;
  }
  const Field* field = passing_over_ > 0 ? nullptr : wanted(Type::object);
  if (field == nullptr) {
    ++passing_over_;
    return true;
  }
  void* owner = field->enter(levels_.back().owner);
  levels_.push_back({.shape = field->element, .owner = owner});
  return true;
}

void Reader::note_missing()
{
  Level& level = levels_.back();
  level.field = nullptr;
  std::uint64_t bit = 1;
  for (const Field& field : level.shape->fields) {
    if ((level.seen & bit) == 0 && field.presence == Presence::required && field.readable()) {
      complain_of_member(std::string{field.name}, "is required");
    }
    bit <<= 1U;
  }
}

bool Reader::on_object_end(std::size_t /*size*/, bj::error_code& /*code*/)
{
  if (passing_over_ > 0) {
    --passing_over_;
    return true;
  }
  note_missing();
  levels_.pop_back();
  return true;
}

bool Reader::on_array_begin(bj::error_code& code)
{
  if (levels_.empty()) {
    code = bj::error::not_object;
    return false;
  }
  const Field* field = passing_over_ > 0 ? nullptr : wanted(Type::list);
  if (field == nullptr) {
    ++passing_over_;
    return true;
  }
  void* owner = levels_.back().owner;
  field->clear(owner);
  levels_.push_back({.owner = owner, .field = field});
  return true;
}

bool Reader::on_array_end(std::size_t /*size*/, bj::error_code& /*code*/)
{
  if (passing_over_ > 0) {
    --passing_over_;
    return true;
  }
  const Level list = levels_.back();
  levels_.pop_back();
  if (const std::string reason = problem_with_count(list.next, list.field->limits); !reason.empty()) {
    complain(reason);
  }
  return true;
}

bool Reader::on_key_part(bj::string_view part, std::size_t /*size*/, bj::error_code& /*code*/)
{
  name_.append(part.data(), part.size());
  return true;
}

bool Reader::on_key(bj::string_view part, std::size_t /*size*/, bj::error_code& /*code*/)
{
  name_.append(part.data(), part.size());
  const std::string name = std::exchange(name_, {});
  if (passing_over_ > 0) {
    return true;
  }
  Level& level = levels_.back();
  level.field = nullptr;
  const std::size_t place = place_of(name, level);
  if (place == level.shape->fields.size()) {
    complain_of_member(shortened(name), "is not known here");
    return true;
  }
  const std::uint64_t bit = std::uint64_t{1} << place;
  if ((level.seen & bit) == 0) {
    level.field = &level.shape->fields[place];
    level.next = place + 1;
  } else if ((level.twice & bit) == 0) {
    complain_of_member(name, "appears twice");
    level.twice |= bit;
  }
  level.seen |= bit;
  return true;
}

bool Reader::on_string_part(bj::string_view part, std::size_t /*size*/, bj::error_code& /*code*/)
{
  text_.append(part.data(), part.size());
  return true;
}

bool Reader::on_string(bj::string_view part, std::size_t /*size*/, bj::error_code& code)
{
  text_.append(part.data(), part.size());
  std::string text = std::exchange(text_, {});
  if (scalar_is_out_of_place(code)) {
    return !levels_.empty();
  }
  const Field* field = wanted(Type::text);
  if (field == nullptr) {
    return true;
  }
  const bool entry = is_list(levels_.back());
  const std::string reason =
      entry ? problem_with_entry(text, field->limits) : problem_with_text(text, field->limits);
  if (reason.empty()) {
    field->set_text(levels_.back().owner, std::move(text));
  } else {
    complain(reason);
  }
  return true;
}

bool Reader::on_int64(std::int64_t value, bj::string_view /*text*/, bj::error_code& code)
{
  if (scalar_is_out_of_place(code)) {
    return !levels_.empty();
  }
  const Field* field = wanted(Type::integer);
  if (field == nullptr) {
    return true;
  }
  if (const std::string reason = problem_with_integer(value, field->limits); !reason.empty()) {
    complain(reason);
  } else {
    field->set_integer(levels_.back().owner, value);
  }
  return true;
}

/// A number that is not a whole one of 64 bits with sign: 16.0 and 1.6e1 too, since they are written as
/// fractions.
bool Reader::not_whole(bj::error_code& code)
{
  if (scalar_is_out_of_place(code)) {
    return !levels_.empty();
  }
  if (wanted(Type::integer) != nullptr) {
    complain(wrong_type(Type::integer));
  }
  return true;
}

bool Reader::on_uint64(std::uint64_t /*value*/, bj::string_view /*text*/, bj::error_code& code)
{
  return not_whole(code);  // only those over INT64_MAX come here
}

bool Reader::on_double(double /*value*/, bj::string_view /*text*/, bj::error_code& code)
{
  return not_whole(code);
}

bool Reader::on_bool(bool value, bj::error_code& code)
{
  if (scalar_is_out_of_place(code)) {
    return !levels_.empty();
  }
  if (const Field* field = wanted(Type::boolean); field != nullptr) {
    field->set_boolean(levels_.back().owner, value);
  }
  return true;
}

bool Reader::on_null(bj::error_code& code)
{
  if (scalar_is_out_of_place(code)) {
    return !levels_.empty();
  }
  Level& level = levels_.back();
  if (is_list(level)) {
    ++level.next;
    complain("must not be null");
  } else if (level.field != nullptr && level.field->set_null != nullptr) {
    level.field->set_null(level.owner);
  } else if (level.field != nullptr) {
    complain("must not be null");
  }
  return true;
}

Error not_json(std::size_t at)
{
  return refuse(
      json_invalid,
      std::string{json_invalid.detail} + " It stops being that at byte " + std::to_string(at) + '.'
  );
}

}  // namespace

Result<Done> read_into(
    std::string_view body, const AnyShape& shape, void* out, std::vector<FieldError>& wrong
)
{
  USHER_ASSERT(shape.fields.size() <= std::numeric_limits<std::uint64_t>::digits);
  bj::parse_options options;
  options.max_depth = depth_max;
  bj::basic_parser<Reader> parser{options, shape, out, wrong};
  bj::error_code code;
  const std::size_t used = parser.write_some(false, body.data(), body.size(), code);
  if (code || used != body.size()) {
    return not_json(used);
  }
  return Done{};
}

}  // namespace usher::json
