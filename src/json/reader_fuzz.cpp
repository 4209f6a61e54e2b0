#include "json/document.hpp"
#include "json/json.hpp"

#include <cstddef>
#include <cstdint>

namespace usher::json {
namespace {

struct Leaf {
  std::string text;
  std::optional<std::int64_t> number{};
};
struct Tree {
  std::string text;
  int small{};
  bool flag{};
  std::optional<std::optional<std::string>> note{};
  std::optional<std::vector<std::string>> words{};
  std::optional<std::vector<Leaf>> leaves{};
  std::optional<Leaf> best{};
};

constexpr std::array leaf_fields{
    field<&Leaf::text>("t", {.max = 9}, "Text."),
    field<&Leaf::number>("n", {.min = -5, .max = 5}, "Number."),
};
const Shape<Leaf> leaf_shape{"Leaf", leaf_fields};
constexpr std::array tree_fields{
    field<&Tree::text>("t", {}, "Text."),
    field<&Tree::small>("s", {}, "Small."),
    field<&Tree::flag>("f", {}, "Flag."),
    field<&Tree::note>("o", {}, "Note."),
    field<&Tree::words>("w", {.max = 3}, "Words."),
    field<&Tree::leaves>("l", {.max = 3}, "Leaves.", "", leaf_shape),
    field<&Tree::best>("b", {}, "Best.", "", leaf_shape),
};
const Shape<Tree> tree_shape{"Tree", tree_fields};

}  // namespace
}  // namespace usher::json

/// What is accepted is written and read back to the same; what has no wrong field is a strict document too.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
  using namespace usher::json;
  const std::string_view body{reinterpret_cast<const char*>(data), size};
  const auto tree = draft(body, tree_shape);
  const auto document = parse_object(body);
  if (!tree) {
    USHER_ASSERT(!document);
    return 0;
  }
  if (!tree->wrong.empty()) {
    return 0;
  }
  USHER_ASSERT(document.has_value());
  const std::string text = text_of(tree->value, tree_shape);
  const auto again = read(text, tree_shape);
  USHER_ASSERT(again.has_value());
  USHER_ASSERT(text_of(*again, tree_shape) == text);
  return 0;
}
