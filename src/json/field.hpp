#pragma once

#include "base/clock.hpp"
#include "base/id.hpp"
#include "base/secret.hpp"
#include "base/uuid.hpp"
#include "json/shape.hpp"
#include "json/writer.hpp"

#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

// json::field: from a pointer to a member to the functions that read and write it.

namespace usher::json {
namespace detail {

template <class T>
struct MemberPointer;
template <class M, class O>
struct MemberPointer<M O::*> {
  using Owner = O;
  using Kept = M;
};

/// A member with its optionals taken off.
template <class T>
struct Unwrapped {
  using Value = T;
  static constexpr Presence presence = Presence::required;
  static T& fill(T& kept) { return kept; }
  static const T* peek(const T& kept) { return &kept; }
};
template <class T>
struct Unwrapped<std::optional<T>> {
  using Value = T;
  static constexpr Presence presence = Presence::optional;
  static T& fill(std::optional<T>& kept) { return kept ? *kept : kept.emplace(); }
  static const T* peek(const std::optional<T>& kept) { return kept ? &*kept : nullptr; }
};
template <class T>
struct Unwrapped<std::optional<std::optional<T>>> {
  using Value = T;
  static constexpr Presence presence = Presence::nullable;
  static T& fill(std::optional<std::optional<T>>& kept)
  {
    return Unwrapped<std::optional<T>>::fill(kept ? *kept : kept.emplace());
  }
  static const T* peek(const std::optional<std::optional<T>>& kept)
  {
    return kept && *kept ? &**kept : nullptr;
  }
};

template <class T>
inline constexpr bool is_id = false;
template <class Tag>
inline constexpr bool is_id<Id<Tag>> = true;
template <class T>
inline constexpr bool is_list = false;
template <class T>
inline constexpr bool is_list<std::vector<T>> = true;

template <class T>
concept Integer = std::integral<T> && !std::same_as<T, bool> && (std::signed_integral<T> || sizeof(T) < 8);
template <class T>
concept Text = std::same_as<T, std::string> || std::same_as<T, std::string_view> || std::same_as<T, Secret> ||
               std::same_as<T, Uuid>;

template <class T>
consteval Type type_of()
{
  if constexpr (std::same_as<T, bool>) {
    return Type::boolean;
  } else if constexpr (Integer<T> || is_id<T>) {
    return Type::integer;
  } else if constexpr (Text<T>) {
    return Type::text;
  } else if constexpr (std::same_as<T, Instant>) {
    return Type::instant;
  } else if constexpr (is_list<T>) {
    return Type::list;
  } else {
    static_assert(std::is_class_v<T>, "this C++ type has no JSON form");
    return Type::object;
  }
}

template <class T>
void write_value(Writer& out, const T& value, const AnyShape* element)
{
  if constexpr (std::same_as<T, bool>) {
    out.boolean(value);
  } else if constexpr (Integer<T>) {
    out.integer(static_cast<std::int64_t>(value));
  } else if constexpr (is_id<T>) {
    out.integer(value.value);
  } else if constexpr (std::same_as<T, Uuid>) {
    const auto text = text_of(value);
    out.text({text.data(), text.size()});
  } else if constexpr (std::convertible_to<const T&, std::string_view>) {
    out.text(value);
  } else if constexpr (std::same_as<T, Instant>) {
    out.instant(value);
  } else if constexpr (is_list<T>) {
    out.begin_list();
    for (const auto& entry : value) {
      write_value(out, entry, element);
    }
    out.end_list();
  } else {
    write_object(out, &value, *element);
  }
}

/// The functions of a Field for one member of one struct.
template <auto Member>
struct Access {
  using Owner = typename MemberPointer<decltype(Member)>::Owner;
  using Kept = typename MemberPointer<decltype(Member)>::Kept;
  using Wrap = Unwrapped<Kept>;
  using Value = typename Wrap::Value;

  static const Kept& kept(const void* owner) { return static_cast<const Owner*>(owner)->*Member; }
  static Kept& kept(void* owner) { return static_cast<Owner*>(owner)->*Member; }
  static Value& filled(void* owner) { return Wrap::fill(kept(owner)); }

  static void write(Writer& out, const void* owner, const AnyShape* element)
  {
    if (const Value* value = Wrap::peek(kept(owner))) {
      write_value(out, *value, element);
    } else {
      out.null();
    }
  }
  static bool missing(const void* owner) { return !kept(owner); }
  static void set_text(void* owner, std::string&& text) { filled(owner) = Value{std::move(text)}; }
  static void add_text(void* owner, std::string&& text) { filled(owner).push_back(std::move(text)); }
  static void set_integer(void* owner, std::int64_t value) { filled(owner) = static_cast<Value>(value); }
  static void set_boolean(void* owner, bool value) { filled(owner) = value; }
  static void set_null(void* owner) { kept(owner).emplace(); }
  static void clear(void* owner) { filled(owner).clear(); }
  static void* enter(void* owner) { return &filled(owner); }
  static void* add_entry(void* owner) { return &filled(owner).emplace_back(); }
};

template <class Value>
constexpr void complete(Limits& limits)
{
  if constexpr (Integer<Value> && sizeof(Value) < 8) {
    if (limits.min == 0 && limits.max == 0) {
      limits.min = std::numeric_limits<Value>::min();
      limits.max = std::numeric_limits<Value>::max();
    }
  }
  if (limits.format.empty()) {
    if constexpr (is_id<Value> || (Integer<Value> && sizeof(Value) == 8)) {
      limits.format = "int64";
    } else if constexpr (std::same_as<Value, Instant>) {
      limits.format = "date-time";
    } else if constexpr (std::same_as<Value, Uuid>) {
      limits.format = "uuid";
    } else if constexpr (std::same_as<Value, Secret>) {
      limits.format = "password";
    }
  }
}

template <auto Member>
constexpr void add_list_setters(Field& made)
{
  using Entry = typename Access<Member>::Value::value_type;
  made.clear = &Access<Member>::clear;
  if constexpr (std::same_as<Entry, std::string>) {
    made.set_text = &Access<Member>::add_text;
  } else if constexpr (std::is_class_v<Entry> && std::default_initializable<Entry> &&
                       !std::same_as<Entry, std::string_view>) {
    made.enter = &Access<Member>::add_entry;
  }
}

template <auto Member>
constexpr void add_setters(Field& made)
{
  using To = Access<Member>;
  using Value = typename To::Value;
  if constexpr (std::same_as<Value, bool>) {
    made.set_boolean = &To::set_boolean;
  } else if constexpr (Integer<Value>) {
    made.set_integer = &To::set_integer;
  } else if constexpr (std::same_as<Value, std::string> || std::same_as<Value, Secret>) {
    made.set_text = &To::set_text;
  } else if constexpr (is_list<Value>) {
    add_list_setters<Member>(made);
  } else if constexpr (type_of<Value>() == Type::object) {
    made.enter = &To::enter;
  }
  if constexpr (To::Wrap::presence == Presence::nullable) {
    made.set_null = &To::set_null;
  }
}

template <auto Member>
constexpr Field make_field(
    std::string_view name,
    Limits limits,
    std::string_view doc,
    std::string_view example,
    const AnyShape* element
)
{
  using To = Access<Member>;
  using Value = typename To::Value;
  complete<Value>(limits);
  Field
      made{.name = name, .type = type_of<Value>(), .presence = To::Wrap::presence, .limits = limits, .doc = doc, .example = example, .element = element, .write_only = std::same_as<Value, Secret>};
  if constexpr (!std::same_as<Value, Secret>) {
    made.write = &To::write;
  }
  if constexpr (To::Wrap::presence != Presence::required) {
    made.missing = &To::missing;
  }
  add_setters<Member>(made);
  return made;
}

}  // namespace detail

/// `example` is JSON: R"("Ada")", "36".
template <auto Member>
constexpr Field field(
    std::string_view name, Limits limits, std::string_view doc, std::string_view example = {}
)
{
  return detail::make_field<Member>(name, limits, doc, example, nullptr);
}

/// Of an object, or of a list of objects: `element` is their shape.
template <auto Member>
constexpr Field field(
    std::string_view name,
    Limits limits,
    std::string_view doc,
    std::string_view example,
    const AnyShape& element
)
{
  return detail::make_field<Member>(name, limits, doc, example, &element);
}

/// Read, never written: json::write_only(json::field<&Login::password>(...)). A Secret is that by itself.
constexpr Field write_only(Field made)
{
  made.write_only = true;
  return made;
}

}  // namespace usher::json
